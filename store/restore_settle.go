package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"breakwater/store/seal"
)

// voidTables hold what must not come back to life with a backup: it may have ended since, and whoever
// has it could come in again.
var voidTables = []string{"sessions", "invitations", "setup_tokens", "pending_sign_ins", "devices", "self_tests"}

// settle makes a database of a copy that goes on from here: it notes in the audit log where it comes
// from, signs everybody out, and remembers since when messages of Ocean's are missing.
func (f *RestoreFrom) settle(ctx context.Context, a Actor, path string, keys []seal.Key, r Report) error {
	ring, err := seal.NewKeyring(keys)
	if err != nil {
		return err
	}
	db, err := openDB(path, "&_txlock=immediate"+forWriting, 1)
	if err != nil {
		return err
	}
	s := &Store{opts: Options{Dir: f.Dir, Now: f.Now}, keys: ring, write: db}
	err = s.once(ctx, func(t *tx) error {
		for _, table := range voidTables {
			if err := t.emptyIfThere(table); err != nil {
				return fmt.Errorf("sign everybody out: %w", err)
			}
		}
		if err := t.noteLost(); err != nil {
			return fmt.Errorf("note what is missing: %w", err)
		}
		fields := map[string]any{"until": r.At.Format(time.RFC3339), "entries": r.Entries, "damaged": r.Damaged()}
		if r.Schema >= schemaOfDays {
			return t.audit(a, ActionRestored, filepath.Base(f.File), fields)
		}
		_, err := t.auditEntry(a, ActionRestored, filepath.Base(f.File), fields)
		return err
	})
	if err == nil { // the copy was made without
		_, err = db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("settle the restored database: %w", err)
	}
	return nil
}

// once runs fn in a transaction of a database that nobody else has open.
func (s *Store) once(ctx context.Context, fn func(*tx) error) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	t := &tx{ctx: ctx, conn: conn, stmts: map[string]*sql.Stmt{}, store: s, now: s.now()}
	defer func() {
		for _, st := range t.stmts {
			st.Close()
		}
	}()
	if err := t.exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return errors.Join(err, t.exec(`ROLLBACK`))
	}
	return t.exec(`COMMIT`)
}

func (t *tx) hasTable(table string) (has bool, err error) {
	err = t.get(`SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)`, []any{table}, &has)
	return has, err
}

func (t *tx) emptyIfThere(table string) error {
	has, err := t.hasTable(table)
	if err != nil || !has {
		return err
	}
	return t.exec(`DELETE FROM ` + table)
}

// noteLost opens a gap from when Breakwater last ran, as the backup knows, until now: Ocean was told
// that what came in it is kept, and repeats nothing of it.
func (t *tx) noteLost() error {
	has, err := t.hasTable("gaps")
	if err != nil || !has {
		return err
	}
	if err := t.exec(`UPDATE gaps SET until = max(since, ?) WHERE until IS NULL`, t.now); err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO gaps (reason, since, until) SELECT ?1, min(max(last_at, (SELECT coalesce(max(received_at), 0) FROM messages)), ?2), ?2
		FROM proofs WHERE name = ?3 AND EXISTS (SELECT 1 FROM proofs WHERE name = ?4)`,
		string(GapRestored), t.now, string(proofAlive), string(ProofMessage)); err != nil {
		return err
	}
	return t.exec(`UPDATE proofs SET last_at = ? WHERE name = ?`, t.now, string(proofAlive)) // so that the next start finds no other gap
}
