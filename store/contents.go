package store

import (
	"context"
	"errors"
	"fmt"

	"breakwater/store/seal"
)

func contentPlace(id string) seal.Place {
	return seal.Place{Table: "contents", Column: "data", Row: id}
}

// KeepAttachment keeps a document's content, sealed, and once for all documents that have the same.
// It returns [ErrDiskFull] where there is no room.
func (s *Store) KeepAttachment(ctx context.Context, w AttachmentWork, mediaType string, data []byte) error {
	if err := s.room(len(data)); err != nil {
		return err
	}
	fingerprint := s.keys.Fingerprint("content", data)
	known, err := s.hasContent(ctx, fingerprint)
	if err != nil {
		return err
	}
	content := newID()
	var sealed []byte
	if !known { // sealed here, so that nobody waits for it
		sealed = s.keys.Seal(contentPlace(content), data)
	}
	return s.update(ctx, func(t *tx) error {
		err := t.get(`SELECT id FROM contents WHERE fingerprint = ?`, []any{fingerprint}, &content)
		if errors.Is(err, ErrNotFound) {
			if sealed == nil { // it went away since
				sealed = s.keys.Seal(contentPlace(content), data)
			}
			err = t.exec(`INSERT INTO contents (id, fingerprint, type, size, data) VALUES (?, ?, ?, ?, ?)`, content, fingerprint, mediaType, len(data),
				t.fresh(contentPlace(content), sealed))
		}
		if err != nil {
			return fmt.Errorf("keep a document: %w", err)
		}
		return t.attach(w, content)
	})
}

func (s *Store) hasContent(ctx context.Context, fingerprint []byte) (known bool, err error) {
	if err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM contents WHERE fingerprint = ?)`, fingerprint).Scan(&known); err != nil {
		err = fmt.Errorf("look for a document: %w", err)
	}
	return known, err
}

// attach gives a waiting document its content. An older version that nothing else shows goes. Where
// Ocean made it anew while the old one was fetched, it is kept meanwhile, and the newer still waits.
func (t *tx) attach(w AttachmentWork, content string) error {
	var old *string
	var made int64
	err := t.get(`SELECT content, made_at FROM attachments WHERE id = ? AND state = 'waiting'`, []any{w.ID}, &old, &made)
	if errors.Is(err, ErrNotFound) {
		return t.dropContent(content) // it was purged, or somebody was faster
	}
	if err != nil {
		return err
	}
	state := AttachmentKept
	if made != w.made {
		state = AttachmentWaiting
	}
	if err := t.exec(`UPDATE attachments SET state = ?, content = ?, kept_at = ?, fault = '', tries = 0, failed_at = 0 WHERE id = ?`,
		string(state), content, t.now, w.ID); err != nil {
		return fmt.Errorf("keep a document: %w", err)
	}
	if old != nil && *old != content {
		if err := t.dropContent(*old); err != nil {
			return err
		}
	}
	if state == AttachmentWaiting {
		return nil
	}
	return t.count(countPending, -1)
}

// dropContent removes a content that no document shows any more.
func (t *tx) dropContent(id string) error {
	return t.exec(`DELETE FROM contents WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM attachments WHERE content = ?1)`, id)
}

// OpenAttachment returns the content of a document of that referral, and audits that the actor
// opened it. It returns [ErrNotFound] where the referral has no such document or it is not here,
// and [ErrForbidden] without View Referrals.
func (s *Store) OpenAttachment(ctx context.Context, a Actor, referralID, id string) (mediaType string, data []byte, err error) {
	return s.openAttachment(ctx, a, referralID, id, false)
}

// DownloadAttachment is [Store.OpenAttachment] for a document that leaves Breakwater as a file.
func (s *Store) DownloadAttachment(ctx context.Context, a Actor, referralID, id string) (mediaType string, data []byte, err error) {
	return s.openAttachment(ctx, a, referralID, id, true)
}

func (s *Store) openAttachment(ctx context.Context, a Actor, referralID, id string, download bool) (mediaType string, data []byte, err error) {
	var content string
	err = s.update(ctx, func(t *tx) error {
		if err := t.require(a, ViewReferrals); err != nil {
			return err
		}
		if err := t.get(`SELECT c.id, c.type FROM attachments a JOIN referrals r ON r.seq = a.referral JOIN contents c ON c.id = a.content
			WHERE a.id = ? AND r.id = ?`, []any{id, referralID}, &content, &mediaType); err != nil {
			return err
		}
		patient, err := t.patientOf(referralID)
		if err != nil {
			return err
		}
		return t.audit(a, ActionDocumentOpened, referralID, map[string]any{"document": id, "type": mediaType, "download": download, "patient": patient})
	})
	if err != nil {
		return "", nil, err
	}
	var sealed []byte
	if err := notFound(s.read.QueryRowContext(ctx, `SELECT data FROM contents WHERE id = ?`, content).Scan(&sealed)); err != nil {
		return "", nil, fmt.Errorf("open a document: %w", err)
	}
	if data, err = s.keys.Open(contentPlace(content), sealed); err != nil {
		return "", nil, fmt.Errorf("document %s: %w", id, err)
	}
	return mediaType, data, nil
}

// RetryAttachment has a document fetched again that waits for a person. One that does not is no
// error: somebody was faster. It returns [ErrForbidden] without Manage Referrals, and [ErrNotFound] where
// the referral has no such document.
func (s *Store) RetryAttachment(ctx context.Context, a Actor, referralID, id string) error {
	if err := s.retry(ctx, a, referralID, `SELECT a.id, a.made_at FROM attachments a JOIN referrals r ON r.seq = a.referral
		WHERE a.state = 'failed' AND r.id = ? AND a.id = ?`, referralID, id); err != nil {
		return err
	}
	var one int
	return notFound(s.read.QueryRowContext(ctx, `SELECT 1 FROM attachments a JOIN referrals r ON r.seq = a.referral WHERE r.id = ? AND a.id = ?`,
		referralID, id).Scan(&one))
}

// RetryAttachments has all documents fetched again that wait for a person.
func (s *Store) RetryAttachments(ctx context.Context, a Actor) error {
	return s.retry(ctx, a, "", `SELECT id, made_at FROM attachments WHERE state = 'failed'`)
}

func (s *Store) retry(ctx context.Context, a Actor, object, query string, args ...any) error {
	err := s.update(ctx, func(t *tx) error {
		if err := t.require(a, ManageReferrals); err != nil {
			return err
		}
		made := map[string]int64{}
		rows, err := t.query(query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var at int64
			if err := rows.Scan(&id, &at); err != nil {
				return err
			}
			made[id] = at
		}
		if err := rows.Err(); err != nil || len(made) == 0 {
			return err
		}
		for id, at := range made {
			if err := t.requeue(id, AttachmentFailed, at); err != nil {
				return err
			}
		}
		return t.audit(a, ActionDocumentRetried, object, map[string]any{"documents": len(made)})
	})
	if err == nil {
		s.wakeUp()
	}
	return err
}
