package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"breakwater/handlers/ocean"
	"breakwater/store"
	"breakwater/views"
)

const missedPath = "/settings/referral/missed"

// testFor bounds a test of the connection.
const testFor = 45 * time.Second

// testOcean is Test Connection: with what is saved, and with what was just typed.
func (s *server) testOcean(r *request) error {
	form, change, err := s.typedOcean(r)
	if err != nil {
		return err
	}
	if err := change.Check(); err != nil {
		if !r.explainOcean(&form, err) {
			return err
		}
		return r.render(http.StatusUnprocessableEntity, views.OceanSettings(r.frame(), form))
	}
	access, err := s.Store.OceanAccess(r.ctx())
	if err != nil {
		return err
	}
	access, typed := change.Typed(access)
	fault, err := TestAccess(context.WithoutCancel(r.ctx()), access, s.AllowLoopback) // audited whoever waits for it
	if err != nil {
		return err
	}
	if err := s.Store.NoteTest(context.WithoutCancel(r.ctx()), r.actor(), access, fault, typed); err != nil {
		return err
	}
	if form.Health, err = s.health(r); err != nil {
		return err
	}
	form.Test = &views.ConnectionTest{Fault: fault, Typed: typed, Host: strings.TrimPrefix(access.Host, "https://")}
	return r.render(http.StatusOK, views.OceanSettings(r.frame(), form))
}

// TestAccess asks Ocean for a token and shows it once; no patient is concerned. The fault is "" where
// Ocean took it. The error is the caller's own: that ctx ended.
func TestAccess(ctx context.Context, access store.OceanAccess, allowLoopback bool) (store.Fault, error) {
	if access.ClientID == "" || access.ClientSecret == "" {
		return store.FaultIncomplete, nil
	}
	ctx, cancel := context.WithTimeout(ctx, testFor)
	defer cancel()
	client := ocean.NewClient(access, allowLoopback)
	defer client.Close()
	err := client.Check(ctx)
	if failed, ok := errors.AsType[*ocean.CallError](err); ok {
		return failed.Fault, nil
	}
	return "", err
}

// Explain says in English what a fault means and what to do, for the command line.
func Explain(fault store.Fault) string {
	words := views.InLanguage("en").Faults[fault]
	return strings.TrimSuffix(words.Title, ".") + ". " + words.Text
}

// missedPage says how to repair a time in which Ocean could deliver nothing.
func (s *server) missedPage(r *request) error {
	known, err := s.Store.Connection(r.ctx())
	if err != nil {
		return err
	}
	page := views.MissedPage{Refs: known.Missed, Now: s.Now()}
	if page.Settings, err = s.Store.OceanSettings(r.ctx()); err != nil {
		return err
	}
	if known.Lost != nil {
		page.Gap = *known.Lost
	} else if known.Gap != nil {
		page.Gap = *known.Gap
	}
	return r.render(http.StatusOK, views.Missed(r.frame(), page))
}

// repairGap notes that what was missed is back.
func (s *server) repairGap(r *request) error {
	id, err := strconv.ParseInt(r.posted("gap"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	if err := s.Store.RepairGap(r.ctx(), r.actor(), id); err != nil {
		return err
	}
	return r.see(missedPath)
}

// missedCSV answers with the references for Ocean's Bulk Actions: a column without a header.
func (s *server) missedCSV(r *request) error {
	refs, err := s.Store.MissedRefs(r.ctx(), r.actor())
	if err != nil {
		return err
	}
	r.Response().Header().Set("Content-Disposition", `attachment; filename="missed-referrals.csv"`)
	return r.Blob(http.StatusOK, "text/csv; charset=utf-8", []byte(strings.Join(refs, "\r\n")))
}
