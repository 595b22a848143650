package store

import (
	"context"
	"database/sql"
	"sync"
)

const (
	// readers is the size of the read pool. Pages are short reads; more would only take memory.
	readers = 8
	// preparedMost bounds the statements that are kept prepared. What filters can combine to is more;
	// the rest is prepared each time.
	preparedMost = 160
)

// readPool reads through connections that cannot write. It keeps statements prepared: for many, that
// takes SQLite longer than to run them.
type readPool struct {
	*sql.DB
	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
}

func openReaders(path, extra string) (*readPool, error) {
	db, err := openDB(path, "&_pragma=query_only(1)"+extra, readers)
	return &readPool{DB: db, prepared: map[string]*sql.Stmt{}}, err
}

// QueryContext is [sql.DB.QueryContext] with a statement that stays prepared.
func (p *readPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if st := p.stmt(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return p.DB.QueryContext(ctx, query, args...)
}

// QueryRowContext is [sql.DB.QueryRowContext] with a statement that stays prepared.
func (p *readPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if st := p.stmt(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return p.DB.QueryRowContext(ctx, query, args...)
}

// stmt is the prepared statement, or nil where there is none: then the query is run without, and
// says itself what is wrong with it.
func (p *readPool) stmt(ctx context.Context, query string) *sql.Stmt {
	p.mu.RLock()
	st, full := p.prepared[query], len(p.prepared) >= preparedMost
	p.mu.RUnlock()
	if st != nil || full {
		return st
	}
	st, err := p.DB.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if was := p.prepared[query]; was != nil {
		st.Close()
		return was
	}
	p.prepared[query] = st
	return st
}

// Close closes the statements and the connections.
func (p *readPool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, st := range p.prepared {
		st.Close()
	}
	return p.DB.Close()
}
