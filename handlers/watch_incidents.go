package handlers

import (
	"context"
	"errors"
	"slices"
	"time"

	"breakwater/store"
)

const (
	// deliveryWorth is how long Ocean can deliver nothing before somebody is told: it repeats within
	// minutes what failed once.
	deliveryWorth = 15 * time.Minute
	// strangersFor is how long calls with a key that never was ours must go on, without a good one
	// between them, before that is Ocean and not a stranger.
	strangersFor = 2 * time.Hour
	// mailWorth is how long e-mails fail before the console says so.
	mailWorth = time.Hour
	// outletWorth is how long the audit log's head cannot leave before somebody is told: it is tried every minute.
	outletWorth = 30 * time.Minute
)

// condition is whether something is wrong at this moment.
type condition struct {
	kind   store.IncidentKind
	wrong  bool
	detail store.IncidentDetail
}

// sign is since when a condition is as it is.
type sign struct {
	wrong bool
	since time.Time
}

// patience is how long something must be wrong before it is an incident, and calm how long it must be
// right again before that is over, so that what wavers is told once. Those that are not named are clear
// at once.
var (
	patience = map[store.IncidentKind]time.Duration{store.IncidentCredentials: 10 * time.Minute, store.IncidentDisk: 2 * time.Minute, store.IncidentClock: 5 * time.Minute,
		store.IncidentCertificate: 10 * time.Minute} // its files are replaced one after the other, and ACME takes its time
	calm = map[store.IncidentKind]time.Duration{store.IncidentDisk: 15 * time.Minute, store.IncidentDelivery: 5 * time.Minute, store.IncidentClock: 5 * time.Minute}
)

// judge opens and closes incidents by what is wrong at this moment.
func (w *Watch) judge(ctx context.Context) error {
	open, err := w.Store.OpenIncidents(ctx)
	if err != nil {
		return err
	}
	is := map[store.IncidentKind]bool{}
	for _, i := range open {
		is[i.Kind] = true
	}
	now, conditions, err := w.Now(), []condition(nil), error(nil)
	if conditions, err = w.conditions(ctx, is); err != nil {
		return err
	}
	for _, c := range conditions {
		since := w.since(c, now)
		var changed bool
		switch {
		case c.wrong && !is[c.kind] && since >= patience[c.kind]:
			changed, err = w.Store.OpenIncident(ctx, c.kind, c.detail)
		case !c.wrong && is[c.kind] && since >= calm[c.kind]:
			changed, err = w.Store.CloseIncident(ctx, c.kind)
		}
		if err != nil {
			return err
		}
		if changed {
			w.Log.Warn("what needs a person has changed", "incident", string(c.kind), "wrong", c.wrong)
		}
	}
	return nil
}

// since is for how long a condition is as it is now.
func (w *Watch) since(c condition, now time.Time) time.Duration {
	if w.signs == nil {
		w.signs = map[store.IncidentKind]sign{}
	}
	s, known := w.signs[c.kind]
	if !known || s.wrong != c.wrong || now.Before(s.since) { // also where the clock went back
		s = sign{c.wrong, now}
		w.signs[c.kind] = s
	}
	return now.Sub(s.since)
}

// conditions looks at everything once. What is wrong already, by open, is right again only with some
// room to spare.
func (w *Watch) conditions(ctx context.Context, open map[store.IncidentKind]bool) ([]condition, error) {
	known, err := w.Store.Connection(ctx)
	if err != nil {
		return nil, err
	}
	notices, err := w.Store.NoticeSettings(ctx)
	if err != nil {
		return nil, err
	}
	clock, err := w.Store.ClockState(ctx)
	if err != nil {
		return nil, err
	}
	now := w.Now()
	list := []condition{w.quiet(known, notices, now), undelivered(known, now),
		{store.IncidentCredentials, !known.CredentialsRefused.IsZero(), store.IncidentDetail{Since: known.CredentialsRefused}},
		{store.IncidentClock, clock.Doubt != "", store.IncidentDetail{Since: clock.Since, Doubt: clock.Doubt}},
		{store.IncidentMail, notices.ByMail() && !notices.FailedAt.IsZero() && now.Sub(notices.FailedAt) > mailWorth, store.IncidentDetail{Since: notices.FailedAt, Fault: notices.Fault}}}
	if disk, floor, err := w.Store.Disk(); err == nil {
		need := float64(floor) * lowDisk
		if open[store.IncidentDisk] {
			need = float64(floor) * roomyDisk
		}
		list = append(list, condition{store.IncidentDisk, disk.ReadOnly || float64(disk.Free) < need, store.IncidentDetail{Free: disk.Free, Floor: floor}})
	}
	backups, err := w.Store.LastBackup(ctx)
	if err != nil {
		return nil, err
	}
	list = append(list, overdueBackup(backups, now))
	until, err := w.Expiry()
	list = append(list, condition{store.IncidentCertificate, err != nil || !until.IsZero() && until.Sub(now) < renewBefore, store.IncidentDetail{Until: until}})
	outlets, err := w.Store.AuditOutlets(ctx)
	if err != nil {
		return nil, err
	}
	list = append(list, blocked(outlets, now))
	if err := w.Store.CheckHead(ctx); err == nil || store.Touched(err) {
		list = append(list, condition{store.IncidentAudit, err != nil || w.touched.found.Load() || shortened(outlets), store.IncidentDetail{}})
	} else {
		return list, errors.Join(err)
	}
	return list, nil
}

// quiet is whether no message has come for many working hours. Before the first one nothing is missing.
func (w *Watch) quiet(known store.Connection, n store.NoticeSettings, now time.Time) condition {
	hours := 0
	if n.QuietHours > 0 && known.Message.Ever() {
		hours = int(workingTime(n, w.Zone, known.Message.Last, now) / time.Hour)
	}
	return condition{store.IncidentMessages, n.QuietHours > 0 && hours >= n.QuietHours, store.IncidentDetail{Since: known.Message.Last, Hours: hours}}
}

// overdueBackup is whether the last good backup is old, all have failed until now, or one could not be
// restored when that was tried. Before the first night, and where none are made, nothing is missing.
func overdueBackup(b store.BackupState, now time.Time) condition {
	if b.Trial.Useless() {
		return condition{store.IncidentBackup, true, store.IncidentDetail{Since: b.Good.At, Tried: b.Trial.At}}
	}
	return condition{store.IncidentBackup, b.Folder != "" && !b.Last.At.IsZero() && now.Sub(b.Good.At) >= freshBackup, store.IncidentDetail{Since: b.Good.At}}
}

// blocked is whether the audit log's head cannot leave by one of its ways, by the one for the longest time.
func blocked(outlets []store.AuditOutlet, now time.Time) condition {
	c := condition{kind: store.IncidentOutlet}
	for _, o := range outlets {
		if !o.Failing.IsZero() && now.Sub(o.Failing) >= outletWorth && (!c.wrong || o.Failing.Before(c.detail.Since)) {
			c.wrong, c.detail = true, store.IncidentDetail{Since: o.Failing, Outlet: o.Name, Outage: o.Fault}
		}
	}
	return c
}

// shortened is whether the audit log does not hold a head that left it: its end was cut off, or an older
// copy put back.
func shortened(outlets []store.AuditOutlet) bool {
	return slices.ContainsFunc(outlets, func(o store.AuditOutlet) bool { return o.Lost > 0 })
}

// undelivered is whether Ocean can deliver nothing. That the disk is full has its own incident.
func undelivered(known store.Connection, now time.Time) condition {
	c := condition{kind: store.IncidentDelivery}
	g := known.Gap
	if g == nil || !g.Until.IsZero() || g.Reason == store.RefusedFull {
		return c
	}
	c.detail = store.IncidentDetail{Since: g.Since, Reason: g.Reason}
	c.wrong = now.Sub(g.Since) >= deliveryWorth
	if g.Reason == store.RefusedWrongKey { // a stranger tries once or twice; Ocean comes again every hour
		var last time.Time
		for _, r := range known.Refusals {
			if r.Reason == store.RefusedWrongKey {
				last = latest(last, r.Last)
			}
		}
		c.wrong = last.Sub(g.Since) >= strangersFor
	}
	return c
}

// workingTime is how much of a time lies in the clinic's working hours.
func workingTime(n store.NoticeSettings, zone *time.Location, from, until time.Time) (sum time.Duration) {
	const longest = 60 // days; more is more than anybody waits for
	from, until = from.In(zone), until.In(zone)
	if until.Sub(from) > longest*24*time.Hour {
		from = until.AddDate(0, 0, -longest)
	}
	for day := from; !dateOf(day, 0).After(until); day = dateOf(day, 0).AddDate(0, 0, 1) {
		if !n.WorkDays[day.Weekday()] {
			continue
		}
		opens, closes := dateOf(day, n.WorkFrom), dateOf(day, n.WorkUntil)
		if opens.Before(from) {
			opens = from
		}
		if closes.After(until) {
			closes = until
		}
		sum += max(closes.Sub(opens), 0)
	}
	return sum
}

// dateOf is an hour of a day, as the zone has it.
func dateOf(day time.Time, hour int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, hour, 0, 0, 0, day.Location())
}
