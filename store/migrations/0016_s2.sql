-- From here on what is sealed may be compressed with S2. The tables stay as they are, but an earlier
-- version could not open such values, and would take them for changed ones; so it must refuse the database.

-- +goose Up
SELECT 1;
