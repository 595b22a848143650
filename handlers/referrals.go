package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"breakwater/store"
	"breakwater/views"
)

const (
	listPage   = 50  // referrals on a page
	searchMost = 100 // referrals that a search shows
)

// renderReferrals answers with the list: its rows alone for htmx, the same within its page else.
func (r *request) renderReferrals(list views.ReferralList) error {
	if r.htmx() {
		return r.render(http.StatusOK, views.ReferralRows(r.frame(), list))
	}
	return r.render(http.StatusOK, views.Referrals(r.frame(), list))
}

// referralList is what stands around every list of referrals.
func (s *server) referralList(r *request) (views.ReferralList, error) {
	list, err := s.aroundList(r)
	if err != nil {
		return list, err
	}
	settings, err := s.Store.OceanSettings(r.ctx())
	if err != nil {
		return list, err
	}
	problems, err := s.Store.NeedsAttention(r.ctx())
	if err != nil {
		return list, err
	}
	list.Problems, list.SiteNumberMissing, list.CanSetUp = int(problems), settings.SiteNumber == "", r.user.Can(store.ReferralSettings)
	return list, nil
}

// searchReferrals looks for a patient. It is a post so that what was typed stands in no address,
// history or log.
func (s *server) searchReferrals(r *request) error {
	list, err := s.referralList(r)
	if err != nil {
		return err
	}
	list.Query, list.Searched = r.posted("q"), true
	if list.Rows, err = s.Store.SearchReferrals(r.ctx(), list.Query, searchMost+1); err != nil {
		return err
	}
	if list.More = len(list.Rows) > searchMost; list.More {
		list.Rows = list.Rows[:searchMost]
	}
	if err := s.Store.RecordSearched(r.ctx(), r.actor(), list.Query, len(list.Rows)); err != nil { // what is not in the log is not shown
		return err
	}
	return r.renderReferrals(list)
}

// referralsInstead is for whoever reloads the answer to a search: its address alone finds nothing.
func (s *server) referralsInstead(r *request) error { return r.see("/referrals") }

// portalURL is the referral in Ocean's portal, "" before the Site Number is known.
func portalURL(o store.OceanSettings, ref string) string {
	if o.SiteNumber == "" {
		return ""
	}
	return o.Host + "/ocean/portal.html?siteNum=" + url.QueryEscape(o.SiteNumber) + "#/referrals/" + url.PathEscape(ref) + "/edit"
}

// cursor is where a list goes on; anything that is none starts it anew.
func cursor(r *request) int64 {
	n, err := strconv.ParseInt(r.QueryParam("before"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// older is the address of a list's next page, with the filters given as name, value, ...
func older(path string, next int64, filters ...string) string {
	q := url.Values{"before": {strconv.FormatInt(next, 10)}}
	for i := 0; i+1 < len(filters); i += 2 {
		if filters[i+1] != "" {
			q.Set(filters[i], filters[i+1])
		}
	}
	return path + "?" + q.Encode()
}
