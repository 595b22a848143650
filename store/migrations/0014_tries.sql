-- How many are in the table of wrong tries, of each kind, kept by the database itself: whichever process
-- adds or removes a row, and whether or not it is taken back, the figure is that of the rows.

-- +goose Up

INSERT INTO counters (name, value) SELECT 'tries ' || kind, count(*) FROM tries GROUP BY kind;

-- +goose StatementBegin
CREATE TRIGGER tries_added AFTER INSERT ON tries
BEGIN
  INSERT INTO counters (name, value) VALUES ('tries ' || NEW.kind, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tries_removed AFTER DELETE ON tries
BEGIN
  UPDATE counters SET value = value - 1 WHERE name = 'tries ' || OLD.kind;
END;
-- +goose StatementEnd
