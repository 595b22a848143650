package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// While a key is rotated, several processes seal. One that does not know of the new key yet must not
// write under the old one behind the back of whoever seals anew, for that key is about to go. The
// database itself refuses it: a trigger on every sealed column, made from [sealedColumns], so that
// none is forgotten and a migration has nothing to repeat.

// olderKey is what the guards say.
const olderKey = "sealed with an older key"

// guards are the triggers by their names. They know a value's key by its header (see package seal);
// what is too short to have one is no sealed value.
func guards() map[string]string {
	list := map[string]string{}
	for _, c := range sealedColumns {
		for _, event := range []string{"INSERT", "UPDATE OF " + c.column} {
			verb, _, _ := strings.Cut(event, " ")
			name := strings.ToLower(fmt.Sprintf("guard_%s_%s_%s", c.table, c.column, verb))
			list[name] = fmt.Sprintf(`CREATE TRIGGER %s BEFORE %s ON %s WHEN length(NEW.%[4]s) > 4
AND hex(substr(NEW.%[4]s, 2, 4)) < (SELECT printf('%%08X', max(id)) FROM keys WHERE purpose = 'seal')
BEGIN SELECT RAISE(ABORT, '%s'); END`, name, event, c.table, c.column, olderKey)
		}
	}
	return list
}

// guardSealed makes the guards that are missing or of another version.
func guardSealed(ctx context.Context, db *sql.DB) error {
	there, err := presentGuards(ctx, db)
	if err != nil {
		return err
	}
	change := make([]string, 0, 2*len(sealedColumns))
	for name, text := range guards() {
		if there[name] != text {
			change = append(change, `DROP TRIGGER IF EXISTS `+name, text)
		}
	}
	return execAll(ctx, db, change)
}

// unguardSealed takes the guards away, before the schema changes.
func unguardSealed(ctx context.Context, db *sql.DB) error {
	there, err := presentGuards(ctx, db)
	if err != nil {
		return err
	}
	var change []string
	for name := range there {
		change = append(change, `DROP TRIGGER IF EXISTS `+name)
	}
	return execAll(ctx, db, change)
}

// execAll runs statements in one transaction.
func execAll(ctx context.Context, db *sql.DB, statements []string) error {
	if len(statements) == 0 {
		return nil
	}
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("change the guards of what is sealed: %w", err)
	}
	defer t.Rollback()
	for _, text := range statements {
		if _, err := t.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("change the guards of what is sealed: %w", err)
		}
	}
	return t.Commit()
}

func presentGuards(ctx context.Context, db *sql.DB) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name GLOB 'guard_*'`)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	defer rows.Close()
	there := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, fmt.Errorf("read the schema: %w", err)
		}
		there[name] = text
	}
	return there, rows.Err()
}
