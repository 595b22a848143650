package store

import "errors"

// purgeReferral removes a referral with everything that belongs to it alone, and takes it out of
// the counters. A message that is about another referral too stays.
func (t *tx) purgeReferral(referral int64) error {
	messages, err := t.ownMessages(referral)
	if err != nil {
		return err
	}
	if err := t.purgeAttachments(referral); err != nil {
		return err
	}
	if err := t.purgeOutbox(referral); err != nil {
		return err
	}
	if err := t.purgeTerms(referral); err != nil {
		return err
	}
	for _, query := range []string{`DELETE FROM referral_messages WHERE referral = ?`, `DELETE FROM notes WHERE referral = ?`} {
		if err := t.exec(query, referral); err != nil {
			return err
		}
	}
	var direction Direction
	var folder Folder
	var review int
	if err := t.get(`DELETE FROM referrals WHERE seq = ? RETURNING direction, folder, needs_review`, []any{referral}, &direction, &folder, &review); err != nil {
		return err
	}
	// A day that nothing came on any more is no day: it would tell of what is gone.
	if err := t.exec(`DELETE FROM referral_days WHERE seq = ?1 AND NOT EXISTS (SELECT 1 FROM referrals WHERE seq > ?1)`, referral); err != nil {
		return err
	}
	if err := errors.Join(t.count("referrals", -1), t.count(folderCounter(direction, folder), -1), t.count(reviewCounter(direction), -review)); err != nil {
		return err
	}
	for _, m := range messages {
		if err := t.purgeMessage(m); err != nil {
			return err
		}
	}
	return nil
}

// purgeTerms removes what a referral is found by. Its summary tells what that is; where it does not open,
// SQLite looks through all terms.
func (t *tx) purgeTerms(referral int64) error {
	var id string
	var sealed []byte
	if err := t.get(`SELECT id, summary FROM referrals WHERE seq = ?`, []any{referral}, &id, &sealed); err != nil {
		return err
	}
	sum, err := t.store.openSummary(id, sealed)
	if err != nil {
		return t.dropTerms(referral)
	}
	return t.replaceTerms(referral, t.store.terms(sum), nil)
}

// ownMessages are the messages that are about no other referral.
func (t *tx) ownMessages(referral int64) (list []int64, err error) {
	rows, err := t.query(`SELECT message FROM referral_messages r WHERE referral = ?
		AND NOT EXISTS (SELECT 1 FROM referral_messages o WHERE o.message = r.message AND o.referral <> r.referral)`, referral)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var message int64
		if err := rows.Scan(&message); err != nil {
			return nil, err
		}
		list = append(list, message)
	}
	return list, rows.Err()
}

func (t *tx) purgeMessage(message int64) error {
	var deliveries, flagged int
	if err := t.get(`DELETE FROM messages WHERE seq = ? RETURNING deliveries, problems IS NOT NULL`, []any{message}, &deliveries, &flagged); err != nil {
		return err
	}
	if err := t.count("messages", -1); err != nil {
		return err
	}
	if err := t.count("duplicates", 1-deliveries); err != nil {
		return err
	}
	return t.count(countAttention, -flagged)
}

func (t *tx) purgeAttachments(referral int64) error {
	rows, err := t.query(`DELETE FROM attachments WHERE referral = ? RETURNING state, coalesce(content, '')`, referral)
	if err != nil {
		return err
	}
	defer rows.Close()
	gone := map[AttachmentState]int{}
	var contents []string
	for rows.Next() {
		var state AttachmentState
		var content string
		if err := rows.Scan(&state, &content); err != nil {
			return err
		}
		gone[state]++
		contents = append(contents, content)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, c := range contents {
		if err := t.dropContent(c); err != nil {
			return err
		}
	}
	if err := t.count(countPending, -gone[AttachmentWaiting]); err != nil {
		return err
	}
	return t.failedDocuments(-gone[AttachmentFailed])
}

func (t *tx) purgeOutbox(referral int64) error {
	var waiting, refused int
	if err := t.get(`SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'refused') FROM outbox WHERE referral = ?`,
		[]any{referral}, &waiting, &refused); err != nil {
		return err
	}
	return errors.Join(t.exec(`DELETE FROM outbox WHERE referral = ?`, referral), t.count(countOutbox, -waiting),
		t.count(countFailed, -refused), t.count(countAttention, -refused))
}
