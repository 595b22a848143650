package store

import (
	"context"
	"database/sql"
	"fmt"

	"breakwater/store/seal"
)

// sealedColumn is a column that holds sealed values. All of them are listed in [sealedColumns]: what
// is not is not sealed anew, and would be lost with its key.
type sealedColumn struct {
	table, column string
	key           string // finds and orders the rows
	row           string // SQL for the row's name in the place
	place         func(ctx context.Context, w *sealedWalk, row string) (seal.Place, error)
}

// sealedColumns are all columns whose migrations say that they are sealed. What audit entries hold in
// their details is sealed under keys of its own ([seal.ForEntries]), and is not among them.
var sealedColumns = []sealedColumn{
	{table: "ocean_settings", column: "client_secret", key: "id", row: "'1'"},
	{table: "inbound_keys", column: "value", key: "seq", row: "id"},
	{table: "messages", column: "event", key: "seq", row: "id"},
	{table: "messages", column: "raw", key: "seq", row: "id"},
	{table: "referrals", column: "summary", key: "seq", row: "id"},
	{table: "referral_messages", column: "facts", key: "rowid", row: "message || ' ' || referral", place: placeOfFacts},
	{table: "attachments", column: "source", key: "seq", row: "id"},
	{table: "contents", column: "data", key: "rowid", row: "id"},
	{table: "listings", column: "name", key: "key", row: "lower(hex(key))"},
	{table: "services", column: "name", key: "key", row: "lower(hex(key))"},
	{table: "missed", column: "name", key: "id", row: "id"},
	{table: "outbox", column: "facts", key: "seq", row: "id"},
	{table: "outbox", column: "bundle", key: "seq", row: "id"},
	{table: "outbox", column: "said", key: "seq", row: "id"},
	{table: "notes", column: "text", key: "rowid", row: "id"},
	{table: "authenticators", column: "secret", key: "rowid", row: "id"},
	{table: "notice_settings", column: "mail_password", key: "id", row: "'1'"},
}

// placeOfFacts opens the referral's summary, since its reference is part of the place.
func placeOfFacts(ctx context.Context, w *sealedWalk, row string) (p seal.Place, err error) {
	var message, referral int64
	if _, err := fmt.Sscan(row, &message, &referral); err != nil {
		return p, err
	}
	var messageID, referralID string
	var summary []byte
	if err := notFound(w.db.QueryRowContext(ctx, `SELECT m.id, r.id, r.summary FROM messages m, referrals r WHERE m.seq = ? AND r.seq = ?`, message, referral).
		Scan(&messageID, &referralID, &summary)); err != nil {
		return p, fmt.Errorf("read a referral: %w", err)
	}
	sum, err := openSummary(w.keys, referralID, summary)
	if err != nil {
		return p, seal.ErrSealed // whatever is wrong with it
	}
	return factsPlace(messageID, sum.Ref), nil
}

// sealedWalk goes through the sealed values of a database, this store's or a copy.
type sealedWalk struct {
	db   *sql.DB
	keys *seal.Keyring
}

// sealedValue is one value that was found.
type sealedValue struct {
	of     *sealedColumn
	key    any    // of its row
	row    string // see [sealedColumn]
	prefix []byte // its first [seal.PrefixSize] bytes
	size   int64
}

// walkChunk is how many values are looked at in one read.
const walkChunk = 500

// each calls do with every sealed value. Columns that an older schema does not have are passed over.
// The values are found in short reads, so what is written meanwhile may be met or not.
func (w *sealedWalk) each(ctx context.Context, do func([]sealedValue) error) error {
	for i := range sealedColumns {
		c := &sealedColumns[i]
		var there bool
		if err := w.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pragma_table_info(?) WHERE name = ?)`, c.table, c.column).Scan(&there); err != nil {
			return fmt.Errorf("read the schema: %w", err)
		}
		for after := any(nil); there; {
			list, err := w.some(ctx, c, after)
			if err != nil {
				return fmt.Errorf("read %s.%s: %w", c.table, c.column, err)
			}
			if len(list) == 0 {
				break
			}
			after = list[len(list)-1].key
			if err := do(list); err != nil {
				return err
			}
		}
	}
	return nil
}

// some are the next values of a column behind a row, nil for the first ones.
func (w *sealedWalk) some(ctx context.Context, c *sealedColumn, after any) (list []sealedValue, err error) {
	query, args := fmt.Sprintf(`SELECT %[1]s, %[2]s, substr(%[3]s, 1, %[4]d), length(%[3]s) FROM %[5]s WHERE length(%[3]s) > 0`,
		c.key, c.row, c.column, seal.PrefixSize, c.table), []any{}
	if after != nil {
		query, args = query+` AND `+c.key+` > ?`, []any{after}
	}
	rows, err := w.db.QueryContext(ctx, query+fmt.Sprintf(` ORDER BY %s LIMIT %d`, c.key, walkChunk), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		v := sealedValue{of: c}
		if err := rows.Scan(&v.key, &v.row, &v.prefix, &v.size); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// read reads a whole value; nil for one that is gone.
func (w *sealedWalk) read(ctx context.Context, v sealedValue) (sealed []byte, err error) {
	err = w.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT %s FROM %s WHERE %s = ?`, v.of.column, v.of.table, v.of.key), v.key).Scan(&sealed)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	return sealed, err
}

// placeOf is where a value belongs. It returns [ErrNotFound] where its row is gone, and
// [seal.ErrSealed] where that cannot be known.
func (w *sealedWalk) placeOf(ctx context.Context, v sealedValue) (seal.Place, error) {
	if v.of.place != nil {
		return v.of.place(ctx, w, v.row)
	}
	return seal.Place{Table: v.of.table, Column: v.of.column, Row: v.row}, nil
}

// String names a value in a log: where it stands, and nothing of what it holds.
func (v sealedValue) String() string {
	return fmt.Sprintf("%s.%s of %s", v.of.table, v.of.column, v.row)
}
