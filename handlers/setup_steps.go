package handlers

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"breakwater/store"
	"breakwater/views"
)

const stepsPath = "/settings/referral/setup"

// stepsPage is Settings > Referral > Set up.
func (s *server) stepsPage(r *request) error {
	settings, err := s.Store.OceanSettings(r.ctx())
	if err != nil {
		return err
	}
	health, err := s.health(r)
	if err != nil {
		return err
	}
	ticks, err := s.Store.SetupTicks(r.ctx())
	if err != nil {
		return err
	}
	known := setUp{settings: settings, health: health, ticks: ticks, base: s.BaseURL, rehearsal: s.Rehearsal}
	return r.render(http.StatusOK, views.SetUp(r.frame(), views.SetupPage{Steps: known.steps(), Settings: settings, Health: health,
		Request: s.BaseURL.Host + bundlesPath, RequestURL: s.BaseURL.String() + bundlesPath, HeaderName: keyHeader,
		KeySaved: known.keySaved()}))
}

// tickStep notes that somebody did a step, or did not.
func (s *server) tickStep(r *request) error {
	step := r.posted("step")
	if !slices.Contains(tickable, step) {
		return store.ErrNotFound
	}
	if err := s.Store.TickStep(r.ctx(), r.actor(), step, r.posted("done") != ""); err != nil {
		return err
	}
	return r.see(stepsPath + "#" + step)
}

// health is how the connection does.
func (s *server) health(r *request) (h views.Health, err error) {
	h.Now = s.Now()
	if h.Connection, err = s.Store.Connection(r.ctx()); err != nil {
		return h, err
	}
	h.Keys, err = s.Store.InboundKeys(r.ctx())
	return h, err
}

// tickable are the steps that a person can say are done; the others the console sees by itself.
var tickable = []string{views.StepSignUp, views.StepAccount, views.StepCloudConnect, views.StepIntegration, views.StepListings, views.StepCopies}

// setUp is what is known of how far the set-up has come.
type setUp struct {
	settings store.OceanSettings
	health   views.Health
	ticks    map[string]store.Tick
	base     *url.URL
	// rehearsal: the simulated Ocean is on this machine too, and may call it by plain HTTP.
	rehearsal bool
}

func (k setUp) keySaved() bool { return slices.ContainsFunc(k.health.Keys, store.InboundKey.Saved) }

func (k setUp) steps() []views.SetupStep {
	var steps []views.SetupStep
	for _, id := range views.Steps {
		step := views.SetupStep{ID: id, State: views.StepNotYet, Tickable: slices.Contains(tickable, id), Mistakes: k.mistakes(id)}
		tick, ticked := k.ticks[id]
		proof, failing := k.proof(id)
		switch {
		case !failing.IsZero():
			step.State, step.At = views.StepFailing, failing
		case !proof.IsZero():
			step.State, step.At = views.StepProven, proof
		case ticked:
			step.State, step.At, step.By = views.StepTold, tick.At, tick.By
		case k.saved(id):
			step.State = views.StepTold
		}
		step.Ticked = ticked
		steps = append(steps, step)
	}
	return steps
}

// saved reports whether a step that is done in this console is done, though nothing proves yet
// that it was done right.
func (k setUp) saved(step string) bool {
	switch step {
	case views.StepSite:
		return k.settings.SiteNumber != ""
	case views.StepKey:
		return k.keySaved()
	case views.StepCredentials:
		return k.settings.ClientID != "" && k.settings.HasClientSecret
	}
	return false
}

// proof is when something last happened that proves a step, and since when it fails if it does.
// The account's shared encryption key has no proof: Cloud Connect keeps it, and nobody else.
func (k setUp) proof(step string) (proven, failing time.Time) {
	h := k.health
	switch step {
	case views.StepSignUp:
		return h.Message.Last, time.Time{}
	case views.StepSite:
		if k.settings.SiteNumber != "" {
			return h.Received.Last, time.Time{}
		}
	case views.StepCloudConnect:
		// Any call with a key of ours comes from Cloud Connect, a refused one too.
		return latest(h.Message.Last, k.refused(store.RefusedUnsaved, store.RefusedRetired, store.RefusedSpaced)), time.Time{}
	case views.StepKey:
		if k.keySaved() {
			return h.Message.Last, k.gap(keyReasons...)
		}
	case views.StepIntegration:
		return h.Message.Last, k.gap(keyReasons...)
	case views.StepListings:
		return h.Received.Last, time.Time{}
	case views.StepCredentials:
		if k.saved(step) {
			if h.Token.Ever() {
				return h.Token.Last, h.CredentialsRefused
			}
		}
	case views.StepCopies:
		return h.SentCopy.Last, time.Time{}
	}
	return time.Time{}, time.Time{}
}

// keyReasons are why a call is refused whose key is not what it should be.
var keyReasons = []store.RefusalReason{store.RefusedUnsaved, store.RefusedRetired, store.RefusedSpaced, store.RefusedWrongKey}

// gap is since when Ocean can deliver nothing for one of these reasons; zero where it can, or
// never could.
func (k setUp) gap(reasons ...store.RefusalReason) time.Time {
	g := k.health.Gap
	if g == nil || !g.Until.IsZero() || !k.health.Message.Ever() || !slices.Contains(reasons, g.Reason) {
		return time.Time{}
	}
	return g.Since
}

// refused is when a call was last refused for one of these reasons, if no good one came since.
func (k setUp) refused(reasons ...store.RefusalReason) time.Time {
	var last time.Time
	for _, f := range k.health.Refusals {
		if slices.Contains(reasons, f.Reason) && f.Last.After(k.health.Message.Last) {
			last = latest(last, f.Last)
		}
	}
	return last
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// mistakes are those of the common ones that show at a step.
func (k setUp) mistakes(step string) (found []views.Mistake) {
	note := func(m views.Mistake, seen bool) {
		if seen {
			found = append(found, m)
		}
	}
	h := k.health
	switch step {
	case views.StepSite:
		note(views.MistakeOtherSite, k.settings.SiteNumber != "" && h.SentCopy.Ever() && !h.Received.Ever())
	case views.StepKey:
		note(views.MistakeUnsaved, !k.refused(store.RefusedUnsaved).IsZero())
	case views.StepIntegration:
		note(views.MistakeNoBaseURL, isLocal(k.base) && !k.rehearsal)
		note(views.MistakeHTTP, k.base.Scheme == "http" && !isLocal(k.base))
		for mistake, reason := range map[views.Mistake]store.RefusalReason{views.MistakePath: store.RefusedPath, views.MistakeSpaced: store.RefusedSpaced,
			views.MistakeRetired: store.RefusedRetired, views.MistakeWrongKey: store.RefusedWrongKey, views.MistakeNoKey: store.RefusedNoKey} {
			note(mistake, !k.refused(reason).IsZero())
		}
		note(views.MistakeFormat, !k.refused(store.RefusedType, store.RefusedJSON, store.RefusedFormat).IsZero())
		note(views.MistakeOldFHIR, h.OldFHIR.Ever() && !h.OldFHIR.Last.Before(h.Message.Last.Add(-time.Minute)))
		slices.Sort(found)
	case views.StepListings:
		note(views.MistakeNoListing, h.SentCopy.Ever() && !h.Received.Ever())
	case views.StepCredentials:
		note(views.MistakeRefused, !h.CredentialsRefused.IsZero())
		note(views.MistakeUnverified, k.saved(step) && !h.Token.Ever() && h.CredentialsRefused.IsZero())
	}
	return found
}

// isLocal reports whether an address leads to the machine itself, which Ocean cannot reach.
func isLocal(u *url.URL) bool {
	port := u.Port()
	if port == "" {
		port = "0"
	}
	return isLoopback(net.JoinHostPort(u.Hostname(), port))
}
