package store

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"breakwater/store/seal"
)

// summary is what a list shows of a referral, and what it is found by. It is sealed in one piece.
type summary struct {
	Ref                  string `json:"ref"`
	Patient              Name   `json:"patient"`
	OtherNames           []Name `json:"other_names,omitempty"`
	BirthDate            string `json:"birth_date,omitempty"`
	HealthNumber         string `json:"health_number,omitempty"`
	ChartNumber          string `json:"chart_number,omitempty"`
	Service              string `json:"service,omitempty"`
	Priority             string `json:"priority,omitempty"`
	Referrer             Name   `json:"referrer"`
	ReferrerOrganization string `json:"referrer_organization,omitempty"`
	Recipient            string `json:"recipient,omitempty"`
	Consult              bool   `json:"consult,omitempty"`
	Terms                int    `json:"terms,omitempty"` // the version of search whose terms it has
}

func summarize(r Referral) summary {
	s := summary{Ref: r.Ref, Patient: r.Patient.Name, OtherNames: r.Patient.OtherNames, BirthDate: r.Patient.BirthDate,
		ChartNumber: r.Patient.ChartNumber, Terms: searchVersion, Service: r.Request.Service, Priority: r.Request.Priority, Referrer: r.Referrer.Name,
		ReferrerOrganization: r.Referrer.Organization, Recipient: r.Recipient.Organization,
		Consult: r.Consult()}
	if n := r.Patient.HealthNumber; n != nil {
		s.HealthNumber = n.Value
	}
	return s
}

func summaryPlace(id string) seal.Place {
	return seal.Place{Table: "referrals", Column: "summary", Row: id}
}

func (s *Store) sealSummary(id string, sum summary) ([]byte, error) {
	text, err := json.Marshal(sum)
	if err != nil {
		return nil, fmt.Errorf("write summary: %w", err)
	}
	return s.keys.Seal(summaryPlace(id), text), nil
}

func (s *Store) openSummary(id string, sealed []byte) (summary, error) {
	return openSummary(s.keys, id, sealed)
}

func openSummary(keys *seal.Keyring, id string, sealed []byte) (sum summary, err error) {
	text, err := keys.Open(summaryPlace(id), sealed)
	if err != nil {
		return sum, fmt.Errorf("referral %s: %w", id, err)
	}
	if err := json.Unmarshal(text, &sum); err != nil {
		return sum, fmt.Errorf("referral %s: its summary is not readable", id)
	}
	return sum, nil
}

// findable is what a referral is listed and found by, sealed and made blind.
type findable struct {
	id      string
	sum     summary
	summary []byte // sealed
	terms   []int64
}

// findable makes a referral findable by what a list shows of it. It needs no transaction, and
// whoever waits for the writer need not wait for this.
func (s *Store) findable(id string, sum summary) (findable, error) {
	sealed, err := s.sealSummary(id, sum)
	return findable{id, sum, sealed, s.terms(sum)}, err
}

// addReferral inserts a new referral with what it is found by.
func (t *tx) addReferral(blindRef []byte, r Referral, f findable) (int64, error) {
	service, err := t.service(f.sum.Service)
	if err != nil {
		return 0, err
	}
	res, err := t.result(`INSERT INTO referrals (id, ref, direction, folder, test, received_at, summary, folder_since, urgent, service)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, f.id, blindRef, string(r.Direction), string(r.Folder), r.Test, r.ReceivedAt.UnixMilli(), t.fresh(summaryPlace(f.id), f.summary),
		t.now, r.urgent(), service)
	if err != nil {
		return 0, fmt.Errorf("add referral: %w", err)
	}
	seq, err := res.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("add referral: %w", err)
	}
	if err := errors.Join(t.count("referrals", 1), t.count(folderCounter(r.Direction, r.Folder), 1), t.onDay(referralDays, seq, r.ReceivedAt.UnixMilli())); err != nil {
		return 0, err
	}
	return seq, t.addTerms(seq, f.terms)
}

// cause is why a referral is told anew.
type cause struct {
	message  int64 // the message that was heard; 0 where the change is the clinic's own
	progress bool  // an update of the clinic's came further: nobody decided anything
}

var (
	ownChange cause
	progress  = cause{progress: true}
)

// retell reads all that a referral's messages say, with what the clinic told Ocean, and writes what
// comes of it. Its version goes up where a person would call it a change: that an update of the
// clinic's is sent, or comes back as an echo, must make nobody's next step stale. What cannot be read is passed over: a damaged value must not cost the messages that
// come after it.
func (t *tx) retell(seq int64, id, ref string, why cause) error {
	messages, err := t.heardOf(seq, ref)
	if err != nil || len(messages) == 0 {
		return err
	}
	own, err := t.outboxOf(seq)
	if err != nil {
		return err
	}
	var row struct {
		summary   []byte
		direction Direction
		folder    Folder
		review    bool
	}
	if err := t.get(`SELECT summary, direction, folder, needs_review FROM referrals WHERE seq = ?`, []any{seq},
		&row.summary, &row.direction, &row.folder, &row.review); err != nil {
		return err
	}
	was, err := t.store.openSummary(id, row.summary)
	if err != nil {
		was = summary{} // it is about to be written anew
	}
	ocean := tell(slices.Clone(messages))
	confirmed, err := t.confirm(ocean, own)
	if err != nil {
		return err
	}
	if err := t.hold(ocean.Folder, row.folder, own); err != nil {
		return err
	}
	r := retold(messages, own)
	// What is to be reviewed anyhow need not be compared, but where the message may be an echo alone.
	news := why.message != 0 && (row.review && len(confirmed) == 0 || isNews(messages, own, confirmed, why.message, r))
	review := row.review || news
	changed := why == ownChange || news || r.Folder != row.folder || r.Direction != row.direction
	is := summarize(r)
	sealed, err := t.store.sealSummary(id, is)
	if err != nil {
		return err
	}
	service, err := t.service(is.Service)
	if err != nil {
		return err
	}
	if err := t.exec(`UPDATE referrals SET direction = ?1, folder = ?2, test = ?3, summary = ?4, urgent = ?5, service = ?6, needs_review = ?7,
		version = version + ?10, folder_since = iif(folder = ?2, folder_since, ?8) WHERE seq = ?9`,
		string(r.Direction), string(r.Folder), r.Test, sealed, r.urgent(), service, review, t.now, seq, changed); err != nil {
		return fmt.Errorf("update referral: %w", err)
	}
	if err := t.moveCounters(row.direction, row.folder, row.review, r.Direction, r.Folder, review); err != nil {
		return err
	}
	return t.replaceTerms(seq, t.store.terms(was), t.store.terms(is))
}

// moveCounters keeps the figures of folders and of what needs review.
func (t *tx) moveCounters(fromSide Direction, fromFolder Folder, wasReview bool, toSide Direction, toFolder Folder, isReview bool) error {
	if from, to := folderCounter(fromSide, fromFolder), folderCounter(toSide, toFolder); from != to {
		if err := errors.Join(t.count(from, -1), t.count(to, 1)); err != nil {
			return err
		}
	}
	from, to := reviewCounter(fromSide), reviewCounter(toSide)
	if wasReview && (!isReview || from != to) {
		if err := t.count(from, -1); err != nil {
			return err
		}
	}
	if isReview && (!wasReview || from != to) {
		return t.count(to, 1)
	}
	return nil
}

// folderCounter names the counter of a folder. Those of unknown direction stand with the received.
func folderCounter(d Direction, f Folder) string { return "folder " + side(d) + " " + string(f) }

// reviewCounter names the counter of what needs review.
func reviewCounter(d Direction) string { return "review " + side(d) }

// side is received or sent.
func side(d Direction) string {
	if d == DirectionSent {
		return string(DirectionSent)
	}
	return string(DirectionReceived)
}

// urgent reports whether the sender asks for haste (FHIR's request-priority).
func (r Referral) urgent() bool {
	switch r.Request.Priority {
	case "urgent", "asap", "stat":
		return true
	}
	return false
}

// service returns the blind key of a service's name, and keeps the name for a filter to offer.
func (t *tx) service(name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	key := t.store.serviceKey(name)
	var known bool
	if err := t.get(`SELECT EXISTS (SELECT 1 FROM services WHERE key = ?)`, []any{key}, &known); err != nil || known {
		return key, err
	}
	return key, t.exec(`INSERT INTO services (key, name) VALUES (?, ?)`, key, t.store.keys.Seal(servicePlace(key), []byte(name)))
}

func (s *Store) serviceKey(name string) []byte {
	return s.keys.Fingerprint("service", []byte(fold(name)))
}

func servicePlace(key []byte) seal.Place {
	return seal.Place{Table: "services", Column: "name", Row: hex.EncodeToString(key)}
}

// heardOf reads what every message says of the referral with that reference.
func (t *tx) heardOf(seq int64, ref string) ([]heard, error) {
	rows, err := t.query(selectHeard+` WHERE r.seq = ? ORDER BY m.seq`, seq)
	if err != nil {
		return nil, fmt.Errorf("read what was said: %w", err)
	}
	return t.store.scanHeard(rows, ref)
}

// decideDirections looks again at every message that is not known to have been destined here, now
// that the Site Number is another: the one before may have been missing or mistyped. What was
// destined here by the old number stays so.
func (t *tx) decideDirections(site string) error {
	rows, err := t.query(`SELECT DISTINCT r.seq, r.id, r.summary FROM referral_messages m JOIN referrals r ON r.seq = m.referral WHERE m.ours IS NOT 1`)
	if err != nil {
		return fmt.Errorf("read undecided referrals: %w", err)
	}
	defer rows.Close()
	type referral struct {
		seq     int64
		id, ref string
	}
	var waiting []referral
	for rows.Next() {
		var r referral
		var sealed []byte
		if err := rows.Scan(&r.seq, &r.id, &sealed); err != nil {
			return fmt.Errorf("read undecided referrals: %w", err)
		}
		if sum, err := t.store.openSummary(r.id, sealed); err == nil { // a damaged one stays as it is
			r.ref = sum.Ref
			waiting = append(waiting, r)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read undecided referrals: %w", err)
	}
	for _, r := range waiting {
		messages, err := t.heardOf(r.seq, r.ref)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if ours := isOurs(m.ReceiverSite, site); ours != nil && (m.ours == nil || *ours && !*m.ours) {
				if err := t.exec(`UPDATE referral_messages SET ours = ? WHERE referral = ? AND message = ?`, *ours, r.seq, m.seq); err != nil {
					return fmt.Errorf("decide direction: %w", err)
				}
			}
		}
		if err := t.retell(r.seq, r.id, r.ref, ownChange); err != nil {
			return err
		}
	}
	return nil
}
