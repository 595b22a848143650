package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/store/seal"

	"github.com/google/uuid"
)

// PHIPA, s. 10.1(4), asks a log of whose information was seen, what kind it was, when, and by whom.
// Whose is sealed in the entry itself, as it was then: the referral may be purged long before the
// log is. It has a key of its own that is never rotated, since entries never change.

// openedEvery is how long somebody who opens the same referral again makes no new entry. Working
// on one is a dozen page loads, and a log of them would hide what matters.
const openedEvery = 5 * time.Minute

// seenActions are those that say that somebody saw a patient's information.
var seenActions = []Action{ActionReferralOpened, ActionDocumentOpened, ActionRawShown}

// Identity is whose information somebody saw.
type Identity struct {
	Name       Name   `json:"name"`
	BirthDate  string `json:"birth_date,omitempty"`  // YYYY-MM-DD
	NumberEnds string `json:"number_ends,omitempty"` // the health number's last four
}

func identity(name Name, birthDate, healthNumber string) Identity {
	number := []rune(healthNumber)
	return Identity{name, birthDate, string(number[max(0, len(number)-4):])}
}

func patientPlace(referralID string) seal.Place {
	return seal.Place{Table: "audit_entries", Column: "patient", Row: referralID}
}

func queryPlace(search string) seal.Place {
	return seal.Place{Table: "audit_entries", Column: "query", Row: search}
}

// sealPatient seals whose information it is, for the details of an entry about that referral.
func (s *Store) sealPatient(referralID string, who Identity) (string, error) {
	text, err := json.Marshal(who)
	if err != nil {
		return "", fmt.Errorf("write audit details: %w", err)
	}
	return base64.StdEncoding.EncodeToString(s.keys.SealEntry(patientPlace(referralID), text)), nil
}

// patientOf is [Store.sealPatient] of a referral as it is now. It returns [ErrNotFound].
func (t *tx) patientOf(referralID string) (string, error) {
	var sealed []byte
	if err := t.get(`SELECT summary FROM referrals WHERE id = ?`, []any{referralID}, &sealed); err != nil {
		return "", err
	}
	sum, err := t.store.openSummary(referralID, sealed)
	if err != nil {
		return "", err
	}
	return t.store.sealPatient(referralID, identity(sum.Patient, sum.BirthDate, sum.HealthNumber))
}

// patientsOf is [tx.patientOf] of several.
func (t *tx) patientsOf(referrals []string) ([]string, error) {
	list := make([]string, len(referrals))
	for i, id := range referrals {
		var err error
		if list[i], err = t.patientOf(id); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// RecordOpened notes that the actor is about to see a referral, once in five minutes for each
// person, address and referral. Where it fails the referral must not be shown. It returns
// [ErrForbidden] without View Referrals, and [ErrNotFound] for nil.
func (s *Store) RecordOpened(ctx context.Context, a Actor, r *Referral) error {
	if r == nil {
		return ErrNotFound
	}
	who := fmt.Sprintf("%s at %s: %s", a, a.address, r.ID)
	if !s.opened.due(who, s.now(), openedEvery) { // in memory: after a restart there is one entry more
		return nil
	}
	number := ""
	if r.Patient.HealthNumber != nil {
		number = r.Patient.HealthNumber.Value
	}
	patient, err := s.sealPatient(r.ID, identity(r.Patient.Name, r.Patient.BirthDate, number))
	if err != nil {
		return err
	}
	err = s.update(ctx, func(t *tx) error {
		if err := t.require(a, ViewReferrals); err != nil {
			return err
		}
		return t.audit(a, ActionReferralOpened, r.ID, map[string]any{"patient": patient})
	})
	if err == nil {
		s.opened.take(who, s.now(), openedEvery) // only now: until it is written nobody else may count on it
	}
	return err
}

// maxQuery bounds what an entry keeps of a search, in characters.
const maxQuery = 200

// RecordSearched notes that the actor looked for a patient, and how many referrals are about to be
// shown. What was typed is sealed. It returns [ErrForbidden] without View Referrals.
func (s *Store) RecordSearched(ctx context.Context, a Actor, q string, found int) error {
	if q = strings.TrimSpace(q); q == "" {
		return nil // nothing was looked for
	}
	search := newID()
	typed := []rune(q)
	typed = typed[:min(len(typed), maxQuery)]
	fields := map[string]any{"search": search, "terms": searchTerms(q), "found": found,
		"query": base64.StdEncoding.EncodeToString(s.keys.SealEntry(queryPlace(search), []byte(string(typed))))}
	return s.update(ctx, func(t *tx) error {
		if err := t.require(a, ViewReferrals); err != nil {
			return err
		}
		return t.audit(a, ActionSearched, "", fields)
	})
}

// Sealed is what an entry keeps from whoever may only read the log.
type Sealed struct {
	Patients []Identity // whose information was seen
	Query    string     // what was searched for; "" for no search
}

// OpenSealed opens what is sealed in an entry; it is for people who may see referrals. What does not
// open was touched, or sealed with a key that is gone: it is left out.
func (s *Store) OpenSealed(e AuditEntry) (opened Sealed) {
	var kept struct {
		Patient   []byte   `json:"patient"`
		Referrals []string `json:"referrals"`
		Patients  [][]byte `json:"patients"` // of these referrals
		Search    string   `json:"search"`
		Query     []byte   `json:"query"`
	}
	if json.Unmarshal([]byte(e.Details), &kept) != nil {
		return opened
	}
	add := func(referral string, sealed []byte) {
		var who Identity
		if text, err := s.keys.Open(patientPlace(referral), sealed); err == nil && json.Unmarshal(text, &who) == nil {
			opened.Patients = append(opened.Patients, who)
		}
	}
	add(e.Object, kept.Patient)
	for i, sealed := range kept.Patients[:min(len(kept.Patients), len(kept.Referrals))] {
		add(kept.Referrals[i], sealed)
	}
	if text, err := s.keys.Open(queryPlace(kept.Search), kept.Query); err == nil {
		opened.Query = string(text)
	}
	return opened
}

// PatientName is the name of a referral's patient, or [ErrNotFound].
func (s *Store) PatientName(ctx context.Context, referralID string) (Name, error) {
	var sealed []byte
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT summary FROM referrals WHERE id = ?`, referralID).Scan(&sealed)); err != nil {
		return Name{}, fmt.Errorf("read referral: %w", err)
	}
	sum, err := s.openSummary(referralID, sealed)
	return sum.Patient, err
}

// PatientNames are the names of several referrals' patients by referral; one that is not here or cannot
// be read is left out.
func (s *Store) PatientNames(ctx context.Context, referralIDs []string) (map[string]Name, error) {
	names := map[string]Name{}
	for _, id := range referralIDs {
		if _, known := names[id]; known || id == "" {
			continue
		}
		switch name, err := s.PatientName(ctx, id); {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err == nil:
			names[id] = name
		}
	}
	return names, nil
}

// LastChange is the newest entry that tells of a change to a referral by somebody here; its number
// is 0 where there is none.
func (s *Store) LastChange(ctx context.Context, referralID string) (AuditEntry, error) {
	list, _, err := s.AuditPage(ctx, AuditFilter{Referrals: []string{referralID}, Seen: new(false)}, 1)
	if err != nil || len(list) == 0 {
		return AuditEntry{}, err
	}
	return list[0], nil
}

func seenValues() []any {
	values := make([]any, len(seenActions))
	for i, a := range seenActions {
		values[i] = string(a)
	}
	return values
}

// searchTerms says what kinds of terms a person typed: the kind of information that was looked
// through, never the information.
func searchTerms(q string) []string {
	if uuid.Validate(q) == nil {
		return []string{"reference"}
	}
	if birthDate.MatchString(q) {
		return []string{"birth_date"}
	}
	dated := slices.ContainsFunc(strings.Fields(q), birthDate.MatchString)
	if !dated && healthNumber.MatchString(strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(q))) {
		return []string{"health_number"}
	}
	kinds := []string{}
	for part := range strings.FieldsSeq(q) {
		switch {
		case birthDate.MatchString(part):
			kinds = append(kinds, "birth_date")
		case strings.ContainsAny(part, "0123456789"):
			kinds = append(kinds, "number") // a chart number, or one that is none
		default:
			kinds = append(kinds, "name")
		}
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}
