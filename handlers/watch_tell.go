package handlers

import (
	"context"
	"strings"
	"time"

	"breakwater/store"
	"breakwater/views"
)

// damageAgain is how long after a failed try the e-mail about a damaged database is tried again.
const damageAgain = 10 * time.Minute

// damageTold is when the e-mail about a damaged database was last tried.
type damageTold struct{ tried time.Time }

// Tell sends the e-mails that are due, if the clinic wants any. After the first that fails the others
// wait for the next time.
func (w *Watch) Tell(ctx context.Context) {
	if d := w.Store.Damage(); d != nil {
		w.tellDamage(ctx, *d)
		return
	}
	access, err := w.Store.MailAccess(ctx)
	if err != nil || !access.ByMail() {
		w.warn(ctx, "reading the mail server failed", err)
		return
	}
	due, err := w.Store.ToTell(ctx)
	w.warn(ctx, "looking for e-mails to send failed", err)
	for _, i := range due {
		fault, err := w.Mail.Send(ctx, access, w.letter(access.Language, i))
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			w.Log.Warn("an e-mail about an incident did not go out", "incident", string(i.Kind), "fault", string(fault))
			w.warn(ctx, "noting that an e-mail did not go out failed", w.Store.PostponeTold(ctx, i, fault))
			return
		}
		w.Log.Info("an e-mail about an incident went out", "incident", string(i.Kind), "over", !i.Closed.IsZero())
		w.warn(ctx, "noting that an e-mail went out failed", w.Store.NoteTold(ctx, i))
	}
}

// tellDamage sends one e-mail about the damaged database, as far as that itself still says to whom.
func (w *Watch) tellDamage(ctx context.Context, d store.Damage) {
	if !d.Told.IsZero() || d.Unreadable() || w.Now().Sub(w.damaged.tried).Abs() < damageAgain {
		return
	}
	w.damaged.tried = w.Now()
	access, err := w.Store.MailAccess(ctx)
	if err != nil || !access.ByMail() {
		return
	}
	fault, err := w.Mail.Send(ctx, access, w.letter(access.Language, store.Incident{Kind: store.IncidentDatabase, Opened: d.At}))
	if err != nil {
		w.Log.Warn("an e-mail about the damaged database did not go out", "fault", string(fault))
		return
	}
	if err := w.Store.NoteDamageTold(); err != nil {
		w.Log.Warn("noting that an e-mail went out failed", "error", err.Error())
	}
}

// letter tells of an incident, or that it is over. What it says comes from the catalogue, and figures.
func (w *Watch) letter(language string, i store.Incident) letter {
	t := views.InLanguage(language)
	f := views.Frame{Text: t, Lang: language, Now: w.Now(), Zone: w.Zone}
	words, mail, host := f.IncidentWords(i), t.System.Mail, w.BaseURL.Host
	lines := []string{mail.More(w.BaseURL.String() + systemPath), "", mail.Foot, ""}
	if i.Closed.IsZero() {
		lines = append([]string{words.Title + ".", "", words.Text, "", mail.Since(f.Exact(i.Opened)), ""}, lines...)
		return letter{mail.Subject(host, words.Title), strings.Join(lines, "\n")}
	}
	lines = append([]string{mail.OverText(words.Title, f.Exact(i.Opened), f.Exact(i.Closed)), ""}, lines...)
	return letter{mail.OverSubject(host, words.Title), strings.Join(lines, "\n")}
}
