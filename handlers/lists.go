package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"breakwater/store"
	"breakwater/views"
)

// referralsPage is the list of referrals, in the folder and by the filter that the address says.
func (s *server) referralsPage(r *request) error {
	// How far things are is read first: what comes while the page is made counts as news.
	mark, err := s.Store.ListMark(r.ctx())
	if err != nil {
		return err
	}
	list, err := s.referralList(r)
	if err != nil {
		return err
	}
	if list.Services, err = s.Store.Services(r.ctx()); err != nil {
		return err
	}
	list.ListQuery = s.listQuery(r, list)
	filter := s.listFilter(r, list.ListQuery, list.OverdueDays)
	filter.Before = store.ParseCursor(r.QueryParam("before"))
	var next store.Cursor
	if list.Rows, next, err = s.Store.Referrals(r.ctx(), filter, listPage); err != nil {
		return err
	}
	overdue := store.ClinicSettings{OverdueDays: list.OverdueDays}.OverdueSince(s.Now())
	if list.Figures, err = s.Store.Figures(r.ctx(), filter.Direction, r.user.ID, overdue); err != nil {
		return err
	}
	if filter.Direction == "" { // its folders are those of the received: see views
		received, err := s.Store.Figures(r.ctx(), store.DirectionReceived, r.user.ID, overdue)
		if err != nil {
			return err
		}
		list.Figures.Folders, list.Figures.Oldest = received.Folders, received.Oldest
	}
	list.NothingYet = len(list.Rows) == 0 && list.Whole() && filter.Before == (store.Cursor{})
	if next != (store.Cursor{}) {
		list.Older = list.Address("/referrals", "before", next.String())
	}
	if filter.Before == (store.Cursor{}) { // older pages get nothing new
		list.News = listNews(list.ListQuery, mark.String(), store.News{})
	}
	return r.renderReferrals(list)
}

// listQuery reads the address. What is none of the things that can be chosen is left out.
func (s *server) listQuery(r *request, list views.ReferralList) views.ListQuery {
	q := views.ListQuery{From: strings.TrimSpace(r.QueryParam("from")), Until: strings.TrimSpace(r.QueryParam("until")), Errors: map[string]string{}}
	chosen := func(name string, known func(string) bool) string {
		if value := r.QueryParam(name); known(value) {
			return value
		}
		return ""
	}
	is := func(values ...string) func(string) bool {
		return func(v string) bool { return slices.Contains(values, v) }
	}
	q.Direction = chosen("direction", is(string(store.DirectionReceived), string(store.DirectionSent)))
	q.Review, q.Sort = chosen("review", is(views.Me)), chosen("sort", is(views.SortUrgent))
	q.Folder = chosen("folder", func(v string) bool {
		return v == views.InNeedsReview || v == views.InOverdue || slices.Contains(store.Folders(), store.Folder(v))
	})
	q.Assignee = chosen("assignee", func(v string) bool {
		return v == views.Me || slices.ContainsFunc(list.People, func(u store.User) bool { return u.ID == v })
	})
	q.Service = chosen("service", func(v string) bool {
		return slices.ContainsFunc(list.Services, func(known store.Service) bool { return known.Key == v })
	})
	if q.Direction == "" && q.Folder != "" && q.Folder != views.InNeedsReview && q.Folder != views.InOverdue {
		q.Direction = string(store.DirectionReceived) // folders belong to a side
		if q.Folder == string(store.FolderAwaitingResponse) {
			q.Direction = string(store.DirectionSent)
		}
	}
	return q
}

// listFilter is what an address asks of the store; dates that are none are explained in q.
func (s *server) listFilter(r *request, q views.ListQuery, overdueDays int) store.ReferralFilter {
	me := func(who string) string {
		if who == views.Me {
			return r.user.ID
		}
		return who
	}
	f := store.ReferralFilter{Direction: store.Direction(q.Direction), Assignee: me(q.Assignee), ReviewBy: me(q.Review), Service: q.Service,
		From: s.day(r, q.From, 0, "from", q.Errors), Until: s.day(r, q.Until, 1, "until", q.Errors), UrgentFirst: q.Sort == views.SortUrgent}
	switch q.Folder {
	case views.InNeedsReview:
		f.NeedsReview = true
	case views.InOverdue:
		f.Overdue = store.ClinicSettings{OverdueDays: overdueDays}.OverdueSince(s.Now())
	default:
		f.Folder = store.Folder(q.Folder)
	}
	return f
}

// listNews is the bar of a list: what it says, and where it asks again for what differs from that.
func listNews(q views.ListQuery, since string, n store.News) *views.News {
	return &views.News{New: n.New, Changed: n.Changed, Show: q.Address("/referrals"),
		Poll: q.Address("/referrals/news", "since", since, "said", said(n))}
}

func said(n store.News) string { return strconv.Itoa(n.New) + "." + strconv.Itoa(n.Changed) }

// referralNews tells an open list what came since it was shown: 204 where that is nothing, or what
// it says already. It tells numbers alone.
func (s *server) referralNews(r *request) error {
	since, ok := store.ParseListMark(r.QueryParam("since"))
	if !ok {
		return r.NoContent(http.StatusNoContent)
	}
	list, err := s.aroundList(r)
	if err != nil {
		return err
	}
	if r.QueryParam("service") != "" {
		if list.Services, err = s.Store.Services(r.ctx()); err != nil {
			return err
		}
	}
	q := s.listQuery(r, list)
	news, err := s.Store.News(r.ctx(), s.listFilter(r, q, list.OverdueDays), since)
	if err != nil {
		return err
	}
	if before := r.QueryParam("said"); news == (store.News{}) || said(news) == before {
		return r.NoContent(http.StatusNoContent)
	}
	return r.render(http.StatusOK, views.NewsBar(r.frame(), *listNews(q, since.String(), news)))
}

// aroundList is what every list needs to name people and to know what is overdue.
func (s *server) aroundList(r *request) (list views.ReferralList, err error) {
	clinic, err := s.Store.ClinicSettings(r.ctx())
	if err != nil {
		return list, err
	}
	list.OverdueDays = clinic.OverdueDays
	list.People, err = s.Store.Users(r.ctx())
	return list, err
}
