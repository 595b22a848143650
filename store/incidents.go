package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// IncidentKind is what kind of thing is wrong with Breakwater or its connections, so that a person is
// needed.
type IncidentKind string

// The kinds of incidents.
const (
	IncidentMessages    IncidentKind = "messages"    // no message for many working hours; detail: since
	IncidentDelivery    IncidentKind = "delivery"    // Ocean can deliver nothing; detail: since, reason
	IncidentCredentials IncidentKind = "credentials" // Ocean refuses the credentials; detail: since
	IncidentDisk        IncidentKind = "disk"        // little or no room; detail: free, floor (bytes)
	IncidentBackup      IncidentKind = "backup"      // the last good one is old; detail: since. Or one cannot be restored; detail: tried
	IncidentCertificate IncidentKind = "certificate" // it is about to expire, or has; detail: until, zero where it cannot be used
	IncidentAudit       IncidentKind = "audit"       // the log was touched, or is shorter than it was
	IncidentOutlet      IncidentKind = "outlet"      // the log's head cannot leave; detail: since, outlet, outage
	IncidentClock       IncidentKind = "clock"       // it is not believed; detail: doubt
	IncidentMail        IncidentKind = "mail"        // e-mail does not go out; detail: since, fault
	IncidentDatabase    IncidentKind = "database"    // damaged; never in the table, which cannot be written to then
)

// IncidentKinds are all of them, for tables that must be whole.
var IncidentKinds = []IncidentKind{IncidentMessages, IncidentDelivery, IncidentCredentials, IncidentDisk, IncidentBackup,
	IncidentCertificate, IncidentAudit, IncidentOutlet, IncidentClock, IncidentMail, IncidentDatabase}

// MayMend are the permissions with which a person can do something about it.
func (k IncidentKind) MayMend() []Permission {
	switch k {
	case IncidentMessages, IncidentDelivery, IncidentCredentials:
		return []Permission{ReferralSettings, SystemSettings}
	case IncidentAudit, IncidentOutlet:
		return []Permission{ViewAuditLog, SystemSettings}
	}
	return []Permission{SystemSettings}
}

// untold reports whether e-mails cannot tell of it.
func (k IncidentKind) untold() bool { return k == IncidentMail }

// incidentsKept is how long incidents that are over are kept.
const incidentsKept = 400 * 24 * time.Hour

// Incident is something that was wrong for a time.
type Incident struct {
	ID     int64
	Kind   IncidentKind
	Detail IncidentDetail
	Opened time.Time
	Closed time.Time // zero: it goes on
	Told   time.Time // when an e-mail about its beginning went out; zero: none did
	Over   time.Time // likewise about its end
}

// IncidentDetail are the figures of an incident, as each kind has them.
type IncidentDetail struct {
	Since  time.Time     `json:"since,omitzero"` // how long it had been so, or the last of what is missing
	Until  time.Time     `json:"until,omitzero"`
	Tried  time.Time     `json:"tried,omitzero"`
	Free   uint64        `json:"free,omitempty"`
	Floor  uint64        `json:"floor,omitempty"`
	Hours  int           `json:"hours,omitempty"`
	Reason RefusalReason `json:"reason,omitempty"`
	Doubt  Doubt         `json:"doubt,omitempty"`
	Fault  MailFault     `json:"fault,omitempty"`
	Outlet string        `json:"outlet,omitempty"`
	Outage OutletFault   `json:"outage,omitempty"`
}

// OpenIncident notes that something is wrong, unless that is noted already, and reports whether it did.
func (s *Store) OpenIncident(ctx context.Context, kind IncidentKind, d IncidentDetail) (opened bool, err error) {
	text, err := json.Marshal(d)
	if err != nil {
		return false, fmt.Errorf("note an incident: %w", err)
	}
	return opened, s.update(ctx, func(t *tx) error {
		if opened, err = t.changed(`INSERT INTO incidents (kind, detail, opened_at, settled) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			string(kind), string(text), t.now, kind.untold()); err != nil || !opened {
			return err
		}
		if err := t.exec(`DELETE FROM incidents WHERE closed_at < ?`, t.now-incidentsKept.Milliseconds()); err != nil {
			return err
		}
		return t.audit(SystemActor(), ActionIncidentOpened, string(kind), nil)
	})
}

// CloseIncident notes that what was wrong is over, and reports whether there was anything. Whoever was
// not told of its beginning hears of both at once; where there is no e-mail, of neither.
func (s *Store) CloseIncident(ctx context.Context, kind IncidentKind) (closed bool, err error) {
	return closed, s.update(ctx, func(t *tx) error {
		if closed, err = t.changed(`UPDATE incidents SET closed_at = max(?1, opened_at), tries = 0, due_at = ?1,
			settled = ?3 OR (SELECT mail_host = '' FROM notice_settings WHERE id = 1) WHERE kind = ?2 AND closed_at IS NULL`, t.now, string(kind), kind.untold()); err != nil || !closed {
			return err
		}
		return t.audit(SystemActor(), ActionIncidentClosed, string(kind), nil)
	})
}

const selectIncidents = `SELECT seq, kind, detail, opened_at, coalesce(closed_at, 0), told_at, over_at FROM incidents `

// OpenIncidents lists what is wrong now, the oldest first.
func (s *Store) OpenIncidents(ctx context.Context) ([]Incident, error) {
	return s.incidents(ctx, selectIncidents+`WHERE closed_at IS NULL ORDER BY seq`)
}

// Incidents lists what was wrong lately, the newest first, at most limit of them.
func (s *Store) Incidents(ctx context.Context, limit int) ([]Incident, error) {
	return s.incidents(ctx, selectIncidents+`ORDER BY seq DESC LIMIT ?`, limit)
}

func (s *Store) incidents(ctx context.Context, query string, args ...any) (list []Incident, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		i, err := scanIncident(rows)
		if err != nil {
			return nil, fmt.Errorf("read incidents: %w", err)
		}
		list = append(list, i)
	}
	return list, rows.Err()
}

func scanIncident(rows *sql.Rows) (i Incident, err error) {
	var detail string
	var opened, closed, told, over int64
	if err := rows.Scan(&i.ID, &i.Kind, &detail, &opened, &closed, &told, &over); err != nil {
		return i, err
	}
	_ = json.Unmarshal([]byte(detail), &i.Detail) // a damaged one still says what kind of thing is wrong
	i.Opened, i.Closed, i.Told, i.Over = fromMillis(opened), fromMillis(closed), fromMillis(told), fromMillis(over)
	return i, nil
}

// longestToTell bounds the time between two tries of an e-mail about an incident.
const longestToTell = time.Hour

// toldTries is how often an e-mail about an incident that is over is tried; one about an incident that
// goes on is tried until it ends.
const toldTries = 48

// tellWaits are the times before the tries that follow the first; the last one is repeated.
var tellWaits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, longestToTell}

// ToTell lists the incidents about which an e-mail is due. A clock that was set back delays none.
func (s *Store) ToTell(ctx context.Context) ([]Incident, error) {
	now := s.now()
	return s.incidents(ctx, selectIncidents+`WHERE settled = 0 AND (due_at <= ? OR due_at > ?) ORDER BY due_at, seq`, now, now+2*longestToTell.Milliseconds())
}

// NoteTold notes that an e-mail about an incident, as it was then, went out.
func (s *Store) NoteTold(ctx context.Context, i Incident) error {
	return s.update(ctx, func(t *tx) error {
		if i.Closed.IsZero() { // if it ended meanwhile, that is still to be told
			return errors.Join(t.exec(`UPDATE incidents SET told_at = ?, settled = closed_at IS NULL WHERE seq = ?`, t.now, i.ID), t.mailWent(""))
		}
		return errors.Join(t.exec(`UPDATE incidents SET over_at = ?, settled = 1 WHERE seq = ?`, t.now, i.ID), t.mailWent(""))
	})
}

// PostponeTold notes that an e-mail about an incident could not be sent, and why. It is tried again.
func (s *Store) PostponeTold(ctx context.Context, i Incident, fault MailFault) error {
	return s.update(ctx, func(t *tx) error {
		var tries int
		var open bool
		if err := t.get(`SELECT tries + 1, closed_at IS NULL FROM incidents WHERE seq = ?`, []any{i.ID}, &tries, &open); err != nil {
			return err
		}
		wait := tellWaits[min(tries, len(tellWaits))-1]
		return errors.Join(t.exec(`UPDATE incidents SET tries = ?, due_at = ?, settled = ? WHERE seq = ?`,
			tries, t.now+wait.Milliseconds(), !open && tries >= toldTries, i.ID), t.mailWent(fault))
	})
}
