-- Problems of messages that a person has looked at.

-- +goose Up
ALTER TABLE messages ADD COLUMN seen TEXT; -- as problems, which then no longer has them
