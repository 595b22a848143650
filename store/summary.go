package store

import (
	"encoding/json"
	"fmt"

	"breakwater/store/seal"
)

// summary is what a list shows of a referral, and what it is found by. It is sealed in one piece.
type summary struct {
	Ref                  string `json:"ref"`
	Patient              Name   `json:"patient"`
	OtherNames           []Name `json:"other_names,omitempty"`
	BirthDate            string `json:"birth_date,omitempty"`
	HealthNumber         string `json:"health_number,omitempty"`
	Service              string `json:"service,omitempty"`
	Priority             string `json:"priority,omitempty"`
	Referrer             Name   `json:"referrer"`
	ReferrerOrganization string `json:"referrer_organization,omitempty"`
	Recipient            string `json:"recipient,omitempty"`
}

func summarize(r Referral) summary {
	s := summary{Ref: r.Ref, Patient: r.Patient.Name, OtherNames: r.Patient.OtherNames, BirthDate: r.Patient.BirthDate,
		Service: r.Request.Service, Priority: r.Request.Priority, Referrer: r.Referrer.Name,
		ReferrerOrganization: r.Referrer.Organization, Recipient: r.Recipient.Organization}
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

func (s *Store) openSummary(id string, sealed []byte) (sum summary, err error) {
	text, err := s.keys.Open(summaryPlace(id), sealed)
	if err != nil {
		return sum, fmt.Errorf("referral %s: %w", id, err)
	}
	if err := json.Unmarshal(text, &sum); err != nil {
		return sum, fmt.Errorf("referral %s: its summary is not readable", id)
	}
	return sum, nil
}

// addReferral inserts a new referral and what it is found by.
func (t *tx) addReferral(id string, blindRef []byte, r Referral) (int64, error) {
	sum := summarize(r)
	sealed, err := t.store.sealSummary(id, sum)
	if err != nil {
		return 0, err
	}
	res, err := t.result(`INSERT INTO referrals (id, ref, direction, folder, test, received_at, summary) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id, blindRef, string(r.Direction), string(r.Folder), r.Test, r.ReceivedAt.UnixMilli(), sealed)
	if err != nil {
		return 0, fmt.Errorf("add referral: %w", err)
	}
	seq, err := res.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("add referral: %w", err)
	}
	if err := t.count("referrals", 1); err != nil {
		return 0, err
	}
	return seq, t.replaceTerms(seq, nil, t.store.terms(sum))
}

// retell reads all that a referral's messages say and writes what comes of it. What cannot be read
// is passed over: a damaged value must not cost the messages that come after it.
func (t *tx) retell(seq int64, id, ref string) error {
	messages, err := t.heardOf(seq, ref)
	if err != nil || len(messages) == 0 {
		return err
	}
	r := tell(messages)
	var old []byte
	if err := t.get(`SELECT summary FROM referrals WHERE seq = ?`, []any{seq}, &old); err != nil {
		return err
	}
	was, err := t.store.openSummary(id, old)
	if err != nil {
		was = summary{} // it is about to be written anew
	}
	is := summarize(r)
	sealed, err := t.store.sealSummary(id, is)
	if err != nil {
		return err
	}
	if err := t.exec(`UPDATE referrals SET direction = ?, folder = ?, test = ?, summary = ? WHERE seq = ?`,
		string(r.Direction), string(r.Folder), r.Test, sealed, seq); err != nil {
		return fmt.Errorf("update referral: %w", err)
	}
	return t.replaceTerms(seq, t.store.terms(was), t.store.terms(is))
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
		if err := t.retell(r.seq, r.id, r.ref); err != nil {
			return err
		}
	}
	return nil
}
