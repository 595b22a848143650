package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"breakwater/store/seal"
)

// AttachmentState says what became of a document.
type AttachmentState string

// The states of an attachment.
const (
	AttachmentWaiting AttachmentState = "waiting" // will be fetched (again)
	AttachmentKept    AttachmentState = "kept"    // it is here
	AttachmentFailed  AttachmentState = "failed"  // waits for a person
	AttachmentForeign AttachmentState = "foreign" // its link leads elsewhere; never asked for
)

// Attachment is what became of a document of a referral's.
type Attachment struct {
	ID       string
	State    AttachmentState
	Fault    Fault     // of the last try; "" for none
	Tries    int       // since it waits
	QueuedAt time.Time // since when it waits, or waited
	DueAt    time.Time // when it is tried next, if it waits
	// An older version may be here while a newer one waits or failed: these are zero if none is.
	KeptAt time.Time
	Type   string // media type, by the bytes themselves
	Size   int64  // bytes
}

// Here reports whether there is something to open.
func (a Attachment) Here() bool { return !a.KeptAt.IsZero() }

// FailedAttachment is a document that a person should look at.
type FailedAttachment struct {
	Attachment
	ReferralID string
	Since      time.Time // of the first failure
}

// key is what a document is known by within its referral; "" for one that has no content at all.
func (d Document) key() string {
	if d.Inline {
		return "inline " + d.Digest
	}
	return d.URL
}

func sourcePlace(id string) seal.Place {
	return seal.Place{Table: "attachments", Column: "source", Row: id}
}

// attachmentKey is the blind key of a document. The referral is part of it, so that equal links
// do not show.
func (s *Store) attachmentKey(ref string, d Document) []byte {
	return s.keys.Fingerprint("attachment", []byte(refKey(ref)+"\x00"+d.key()))
}

// attached is a document on its way into the database.
type attached struct {
	id          string
	key, source []byte
	madeAt      int64
	inline      bool
}

func (s *Store) sealDocuments(u Update) []attached {
	var list []attached
	for _, d := range u.Documents {
		if d.key() == "" {
			continue
		}
		a := attached{id: newID(), key: s.attachmentKey(u.Ref, d), inline: d.Inline}
		source := d.URL
		if d.Inline {
			source = d.Digest // names the content itself: there is no newer one
		} else if !d.Created.IsZero() {
			a.madeAt = d.Created.UnixMilli()
		}
		a.source = s.keys.Seal(sourcePlace(a.id), []byte(source))
		list = append(list, a)
	}
	return list
}

// queue adds the documents that a message names to the work to be done. One that is known already
// is fetched again only if Ocean made it anew.
func (t *tx) queue(referral, message int64, docs []attached) error {
	for _, d := range docs {
		added, err := t.addAttachment(referral, message, d)
		if err == nil && !added {
			err = t.queueAgain(referral, d)
		}
		if err != nil {
			return fmt.Errorf("queue a document: %w", err)
		}
	}
	return nil
}

// addAttachment adds a document, and reports whether it was not known yet.
func (t *tx) addAttachment(referral, message int64, d attached) (added bool, err error) {
	var bundle *int64
	if d.inline {
		bundle = &message
	}
	added, err = t.changed(`INSERT INTO attachments (id, referral, key, message, source, made_at, state, queued_at, due_at)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', ?7, ?7) ON CONFLICT (referral, key) DO NOTHING`,
		d.id, referral, d.key, bundle, t.fresh(sourcePlace(d.id), d.source), d.madeAt, t.now)
	if err != nil || !added {
		return added, err
	}
	return true, t.count(countPending, 1)
}

// queueAgain queues a document that is known, if Ocean made it anew.
func (t *tx) queueAgain(referral int64, d attached) error {
	var id string
	var state AttachmentState
	var made int64
	err := t.get(`SELECT id, state, made_at FROM attachments WHERE referral = ? AND key = ?`, []any{referral, d.key}, &id, &state, &made)
	if err != nil || d.madeAt <= made || state == AttachmentForeign {
		return err
	}
	return t.requeue(id, state, d.madeAt)
}

// requeue lets an attachment wait as if it were new.
func (t *tx) requeue(id string, was AttachmentState, madeAt int64) error {
	if err := t.exec(`UPDATE attachments SET state = 'waiting', made_at = ?1, fault = '', tries = 0, queued_at = ?2, due_at = ?2,
		failed_at = 0 WHERE id = ?3`, madeAt, t.now, id); err != nil {
		return err
	}
	if was == AttachmentWaiting {
		return nil
	}
	if err := t.count(countPending, 1); err != nil || was != AttachmentFailed {
		return err
	}
	return t.failedDocuments(-1)
}

// failedDocuments counts documents that wait for a person.
func (t *tx) failedDocuments(by int) error {
	return errors.Join(t.count(countGivenUp, by), t.count(countAttention, by))
}

// Counters that documents move.
const (
	countPending   = "attachments_pending"
	countGivenUp   = "attachments_failed"
	countAttention = "needs_attention"
)

const attachmentColumns = `a.id, a.state, a.fault, a.tries, a.queued_at, a.due_at, a.kept_at, coalesce(c.type, ''), coalesce(c.size, 0)`

func scanAttachment(scan func(...any) error, more ...any) (a Attachment, err error) {
	var queued, due, kept int64
	err = scan(append([]any{&a.ID, &a.State, &a.Fault, &a.Tries, &queued, &due, &kept, &a.Type, &a.Size}, more...)...)
	a.QueuedAt, a.DueAt, a.KeptAt = fromMillis(queued), fromMillis(due), fromMillis(kept)
	return a, err
}

// Attachments returns what became of each of a referral's documents, in their order; nil for one
// that has no content to fetch.
func (s *Store) Attachments(ctx context.Context, r *Referral) ([]*Attachment, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+attachmentColumns+`, a.key FROM referrals r JOIN attachments a ON a.referral = r.seq
		LEFT JOIN contents c ON c.id = a.content WHERE r.id = ?`, r.ID)
	if err != nil {
		return nil, fmt.Errorf("read documents: %w", err)
	}
	defer rows.Close()
	known := map[string]*Attachment{}
	for rows.Next() {
		var key []byte
		a, err := scanAttachment(rows.Scan, &key)
		if err != nil {
			return nil, fmt.Errorf("read documents: %w", err)
		}
		known[string(key)] = &a
	}
	list := make([]*Attachment, len(r.Documents))
	for i, d := range r.Documents {
		if d.key() != "" {
			list[i] = known[string(s.attachmentKey(r.Ref, d))]
		}
	}
	return list, rows.Err()
}

// FailedAttachments lists the documents that a person should look at, the oldest first, at most
// limit of them.
func (s *Store) FailedAttachments(ctx context.Context, limit int) ([]FailedAttachment, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+attachmentColumns+`, r.id, a.failed_at FROM attachments a JOIN referrals r ON r.seq = a.referral
		LEFT JOIN contents c ON c.id = a.content WHERE a.state = 'failed' ORDER BY a.seq LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	defer rows.Close()
	var list []FailedAttachment
	for rows.Next() {
		var f FailedAttachment
		var since int64
		if f.Attachment, err = scanAttachment(rows.Scan, &f.ReferralID, &since); err != nil {
			return nil, fmt.Errorf("list documents: %w", err)
		}
		f.Since = fromMillis(since)
		list = append(list, f)
	}
	return list, rows.Err()
}
