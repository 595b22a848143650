package store

import (
	"context"
	"errors"
	"fmt"
)

const insertUpgrade = `INSERT INTO upgrades (schema, version, at) SELECT max(version_id), ?, ? FROM goose_db_version WHERE is_applied ON CONFLICT DO NOTHING`

// noteUpgrade notes which version of Breakwater made the schema, once for each: whoever opens the
// database with an older one is told which it needs. A new database has it noted from the beginning.
func (s *Store) noteUpgrade(ctx context.Context) error {
	var known bool
	if err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM upgrades WHERE schema = (SELECT max(version_id) FROM goose_db_version WHERE is_applied))`).
		Scan(&known); err != nil || known {
		return err
	}
	err := s.update(ctx, func(t *tx) error {
		var schema int64
		err := t.get(insertUpgrade+` RETURNING schema`, []any{s.opts.Version, t.now}, &schema)
		if errors.Is(err, ErrNotFound) {
			return nil // another process was faster
		}
		if err != nil {
			return err
		}
		return t.audit(SystemActor(), ActionUpgraded, s.opts.Version, map[string]any{"schema": schema})
	})
	if err != nil {
		return fmt.Errorf("note which version made the schema: %w", err)
	}
	return nil
}
