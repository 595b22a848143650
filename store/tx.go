package store

import (
	"context"
	"database/sql"
	"errors"
)

// tx is what a write job sees: the open transaction, with prepared statements.
type tx struct {
	ctx   context.Context
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	store *Store
	now   int64          // Unix milliseconds, the same for the whole job
	moved map[string]int // by how much the job moved counters
}

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if st, ok := t.stmts[query]; ok {
		return st, nil
	}
	if len(t.stmts) >= statementCache {
		return nil, errors.New("too many different statements: a query is built from values")
	}
	st, err := t.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, err
	}
	t.stmts[query] = st
	return st, nil
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.result(query, args...)
	return err
}

func (t *tx) result(query string, args ...any) (sql.Result, error) {
	st, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(t.ctx, args...)
}

// changed runs a statement and reports whether it touched any row.
func (t *tx) changed(query string, args ...any) (bool, error) {
	n, err := t.touched(query, args...)
	return n > 0, err
}

// touched runs a statement and returns how many rows it changed.
func (t *tx) touched(query string, args ...any) (int64, error) {
	res, err := t.result(query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// get scans the first row into dest. It returns [ErrNotFound] where there is none.
func (t *tx) get(query string, args []any, dest ...any) error {
	st, err := t.stmt(query)
	if err != nil {
		return err
	}
	return notFound(st.QueryRowContext(t.ctx, args...).Scan(dest...))
}

func (t *tx) query(query string, args ...any) (*sql.Rows, error) {
	st, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(t.ctx, args...)
}

// count adds to a maintained counter. It is written with those of the whole batch, just before the
// commit (see [writer.commit]), so a job does not read what it has counted itself. It never fails: what
// cannot be written fails the commit.
func (t *tx) count(name string, by int) error {
	t.moved[name] += by
	return nil
}

func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
