package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// ListMark is how far a list had come when it was shown: the newest referral and the newest message.
type ListMark struct{ referral, message int64 }

// String writes a mark for an address.
func (m ListMark) String() string {
	return strconv.FormatInt(m.referral, 10) + "." + strconv.FormatInt(m.message, 10)
}

// ParseListMark reads what [ListMark.String] wrote.
func ParseListMark(text string) (m ListMark, ok bool) {
	referral, message, _ := strings.Cut(text, ".")
	r, err := strconv.ParseInt(referral, 10, 64)
	n, err2 := strconv.ParseInt(message, 10, 64)
	return ListMark{r, n}, err == nil && err2 == nil && r >= 0 && n >= 0
}

// News says what came since a list was shown, each at most [FiguresMost].
type News struct {
	New     int // referrals that the list would show too
	Changed int // older referrals of which a message told something that waits for review
}

// ListMark is how far things are now. Whoever shows a list reads it first, so that nothing falls between.
func (s *Store) ListMark(ctx context.Context) (m ListMark, err error) {
	if err = s.read.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(seq), 0) FROM referrals), (SELECT coalesce(max(seq), 0) FROM messages)`).
		Scan(&m.referral, &m.message); err != nil {
		err = fmt.Errorf("read how far things are: %w", err)
	}
	return m, err
}

// News tells what came for a list since it was shown. What changed counts whichever folder it is in
// now: it may just have left the one that the list shows.
func (s *Store) News(ctx context.Context, f ReferralFilter, since ListMark) (n News, err error) {
	query, args := f.newsQuery(since)
	if err = s.read.QueryRowContext(ctx, query, args...).Scan(&n.New, &n.Changed); err != nil {
		err = fmt.Errorf("look for news: %w", err)
	}
	return n, err
}

func (f ReferralFilter) newsQuery(since ListMark) (string, []any) {
	sides := f.sides()
	arrived := f.rest(f.narrow(parts{{`NOT INDEXED`, []string{`seq > ?`}, []any{since.referral}}}, sides)[0])
	f.Folder, f.NeedsReview, f.Overdue = "", true, ReferralFilter{}.Overdue
	changed := f.rest(f.narrow(parts{{``, []string{`message > ?`, `referral <= ?`}, []any{since.message, since.referral}}}, sides)[0])
	query := fmt.Sprintf(`SELECT (SELECT count(*) FROM (SELECT 1 FROM referrals %s WHERE %s LIMIT ?)),
		(SELECT count(*) FROM (SELECT DISTINCT referral FROM referral_messages INDEXED BY referral_messages_message CROSS JOIN referrals ON seq = referral WHERE %s LIMIT ?))`,
		arrived.index, strings.Join(arrived.where, ` AND `), strings.Join(changed.where, ` AND `))
	return query, append(append(append(arrived.args, FiguresMost), changed.args...), FiguresMost)
}
