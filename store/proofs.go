package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"breakwater/store/seal"
)

// ProofName names something that is known to have happened between Ocean and this clinic.
type ProofName string

// What can be proven. The names that are not exported are the store's own business.
const (
	ProofMessage  ProofName = "message"   // a message with a valid key came, of whatever kind
	ProofSentCopy ProofName = "sent_copy" // a copy of a referral that this clinic sent
	ProofReceived ProofName = "received"  // a message about a referral to this clinic
	ProofToken    ProofName = "token"     // Ocean gave a token for the credentials
	ProofOldFHIR  ProofName = "old_fhir"  // a message of payload type v0.10

	proofAlive   ProofName = "alive"               // Breakwater runs
	proofTest    ProofName = "test"                // the last test of the saved credentials; detail: testDetail
	proofRefused ProofName = "credentials_refused" // Ocean refuses the saved credentials
)

const (
	// proofEvery is how exactly the last time of a proof is kept.
	proofEvery = time.Minute
	// listingEvery is likewise for a listing.
	listingEvery = time.Hour
	// maxListings bounds the listings that are kept; no clinic has nearly so many.
	maxListings = 500
	// maxListing bounds a listing's name, in bytes.
	maxListing = 512
)

// Prove notes that something happened. Asked more often than once a minute, it does nothing.
func (s *Store) Prove(ctx context.Context, name ProofName) error {
	return s.proveOnce(ctx, string(name), proofEvery, func(t *tx) error { return t.prove(name) })
}

// ProveListing notes that a referral came for a listing, once an hour at most. It keeps the first
// 500 listings and passes over others.
func (s *Store) ProveListing(ctx context.Context, name string) error {
	name = cutListing(name)
	return s.proveOnce(ctx, "listing "+name, listingEvery, func(t *tx) error { return t.proveListing(name) })
}

func (s *Store) proveOnce(ctx context.Context, name string, every time.Duration, fn func(*tx) error) error {
	if !s.proven.take(name, s.now(), every) {
		return nil
	}
	err := s.update(ctx, fn)
	if err != nil {
		s.proven.forget(name)
	}
	return err
}

// NoteToken notes that Ocean gave a token for the credentials, so it does not refuse them. Of others
// than those that are saved now nothing is noted: an answer may come late.
func (s *Store) NoteToken(ctx context.Context, o OceanAccess) error {
	return s.proveOnce(ctx, tokenOf(o), proofEvery, func(t *tx) error {
		if is, err := t.stillSaved(o); err != nil || !is {
			return err
		}
		return t.tokenGiven()
	})
}

// tokenOf names the throttle of what is noted of credentials.
func tokenOf(o OceanAccess) string { return fmt.Sprint(ProofToken, " ", o.Generation) }

// NoteCredentialsRefused notes that Ocean refuses the credentials, and keeps since when; of others
// than those that are saved now nothing.
func (s *Store) NoteCredentialsRefused(ctx context.Context, o OceanAccess) error {
	s.proven.forget(tokenOf(o)) // the next token is news
	return s.update(ctx, func(t *tx) error {
		if is, err := t.stillSaved(o); err != nil || !is {
			return err
		}
		return t.prove(proofRefused)
	})
}

func (t *tx) tokenGiven() error {
	return errors.Join(t.prove(ProofToken), t.clearProof(proofRefused))
}

// forgetCredentials drops what is known of credentials that are about to be others: that Ocean gave
// a token for them or refused them, and how their last test went.
func (t *tx) forgetCredentials() error {
	return errors.Join(t.exec(`UPDATE ocean_settings SET generation = generation + 1 WHERE id = 1`), t.clearProof(ProofToken), t.clearProof(proofRefused), t.clearProof(proofTest))
}

func (t *tx) prove(name ProofName) error { return t.setProof(name, t.now, "") }

// setProof notes that something happened at a time, in Unix milliseconds; the first time stays.
// Detail must hold nothing from outside.
func (t *tx) setProof(name ProofName, at int64, detail string) error {
	if err := t.exec(`INSERT INTO proofs (name, first_at, last_at, detail) VALUES (?1, ?2, ?2, ?3)
		ON CONFLICT (name) DO UPDATE SET first_at = min(first_at, ?2), last_at = ?2, detail = ?3`, string(name), at, detail); err != nil {
		return fmt.Errorf("note %s: %w", name, err)
	}
	return nil
}

func (t *tx) clearProof(name ProofName) error {
	if err := t.exec(`DELETE FROM proofs WHERE name = ?`, string(name)); err != nil {
		return fmt.Errorf("note the end of %s: %w", name, err)
	}
	return nil
}

// proveListing takes a name that was cut.
func (t *tx) proveListing(name string) error {
	if name == "" {
		return nil
	}
	key := t.store.keys.Fingerprint("listing", []byte(name))
	known, err := t.changed(`UPDATE listings SET last_at = ? WHERE key = ?`, t.now, key)
	if err == nil && !known {
		err = t.exec(`INSERT INTO listings (key, name, first_at, last_at) SELECT ?1, ?2, ?3, ?3 WHERE (SELECT count(*) FROM listings) < ?4`,
			key, t.store.keys.Seal(listingPlace(key), []byte(name)), t.now, maxListings)
	}
	if err != nil {
		return fmt.Errorf("note a listing: %w", err)
	}
	return nil
}

func listingPlace(key []byte) seal.Place {
	return seal.Place{Table: "listings", Column: "name", Row: hex.EncodeToString(key)}
}

func cutListing(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	if len(name) > maxListing {
		name = strings.ToValidUTF8(name[:maxListing], "") // without half a character at the end
	}
	return name
}
