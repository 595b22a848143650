-- What keeps floods from filling anything. As before, times are Unix milliseconds.

-- +goose Up

-- How many are in the table of wrong tries, of each kind, kept by the database itself: whichever process
-- adds or removes a row, and whether or not it is taken back, the figure is that of the rows.
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

-- Of pages that somebody was refused: how much of an hour's is in the audit log. Rows go once the hour is over.
CREATE TABLE denials (
  actor      TEXT    NOT NULL, -- as the audit log names them
  route      TEXT    NOT NULL, -- method and path of the table of routes
  permission TEXT    NOT NULL, -- that was wanting
  hour       INTEGER NOT NULL, -- hours since 1970, UTC
  told       INTEGER NOT NULL, -- entries of their own
  held       INTEGER NOT NULL, -- more, which one entry will sum up
  first_at   INTEGER NOT NULL, -- of those
  last_at    INTEGER NOT NULL,
  name       TEXT    NOT NULL, -- the person's e-mail address at the last of them
  address    TEXT    NOT NULL, -- where those came from; '' once it was more than one network address
  PRIMARY KEY (actor, route)
) STRICT, WITHOUT ROWID;
CREATE INDEX denials_hour ON denials (hour);
