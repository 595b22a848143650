package handlers

import (
	"cmp"
	"context"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"breakwater/store"
	"breakwater/views"
)

func (s *server) referralPage(r *request) error { return s.showReferral(r, http.StatusOK, nil) }

// showReferral answers with a referral's page as it is now. Change, if not nil, puts in what a person
// chose or typed and what came of it.
func (s *server) showReferral(r *request, status int, change func(*views.ReferralDetail)) error {
	if !r.user.Can(store.ViewReferrals) {
		return store.ErrNotFound // who may manage but not view acts unseen, and is told no more
	}
	found, err := s.Store.Referral(r.ctx(), r.Param("id"))
	if err != nil {
		return err
	}
	if err := s.Store.RecordOpened(r.ctx(), r.actor(), found); err != nil { // what is not in the log is not shown
		return err
	}
	settings, err := s.Store.OceanSettings(r.ctx())
	if err != nil {
		return err
	}
	detail := views.ReferralDetail{Referral: *found, OceanURL: portalURL(settings, found.Ref), CanManage: r.user.Can(store.ManageReferrals),
		CanSeeRaw: r.user.Can(store.ViewRawMessages), Acts: r.actsOn(found, settings)}
	if detail.Documents, err = s.documentLines(r, found); err != nil {
		return err
	}
	if err := s.addTeam(r, &detail); err != nil {
		return err
	}
	if id := r.QueryParam("document"); id != "" {
		detail.Open = openDocument(found.ID, id, detail.Documents)
	}
	if change != nil {
		change(&detail)
	}
	return r.render(status, views.ReferralPage(r.frame(), detail))
}

func (s *server) documentLines(r *request, found *store.Referral) ([]views.DocumentLine, error) {
	attachments, err := s.Store.Attachments(r.ctx(), found)
	if err != nil {
		return nil, err
	}
	lines := make([]views.DocumentLine, len(found.Documents))
	for i, d := range found.Documents {
		lines[i] = views.DocumentLine{Document: d, Attachment: attachments[i]}
	}
	return lines, nil
}

// openDocument is the document to be shown beside the details; nil where there is none that a
// browser shows.
func openDocument(referral, id string, lines []views.DocumentLine) *views.OpenDocument {
	for _, l := range lines {
		if a := l.Attachment; a != nil && a.ID == id && a.Here() && shown[a.Type] {
			o := &views.OpenDocument{DocumentLine: l, Address: "/referrals/" + referral + "/documents/" + id, Image: strings.HasPrefix(a.Type, "image/")}
			if a.Type == "application/pdf" {
				o.Address += "#navpanes=0&view=FitH" // the page itself, not a list of its pages (Adobe's PDF Open Parameters)
			}
			return o
		}
	}
	return nil
}

// shown are the types that browsers show by themselves and that can do nothing there. Whatever
// else there is can be downloaded.
var shown = map[string]bool{"application/pdf": true, "image/jpeg": true, "image/png": true, "text/plain": true}

// documentPolicy lets a document do nothing at all, and be framed by our own pages alone. The
// frame itself has no sandbox: Chromium's PDF viewer would not start in it.
const documentPolicy = "sandbox; default-src 'none'; frame-ancestors 'self'"

// document is a document itself, as it came.
func (s *server) document(r *request) error {
	found, err := s.Store.Referral(r.ctx(), r.Param("id"))
	if err != nil {
		return err
	}
	lines, err := s.documentLines(r, found)
	if err != nil {
		return err
	}
	title, disposition, open := "", "attachment", s.Store.DownloadAttachment
	var size int64
	for _, l := range lines {
		if l.Attachment != nil && l.Attachment.ID == r.Param("document") {
			title, size = l.Title, l.Attachment.Size
			if shown[l.Attachment.Type] && r.QueryParam("download") == "" {
				disposition, open = "inline", s.Store.OpenAttachment
			}
		}
	}
	closed, err := s.roomToOpen(r, size)
	if err != nil {
		return err
	}
	defer closed()
	kind, data, err := open(r.ctx(), r.actor(), found.ID, r.Param("document"))
	if err != nil {
		return err
	}
	h := r.Response().Header()
	h.Set("Content-Security-Policy", documentPolicy)
	h.Del("Cross-Origin-Opener-Policy") // beside a sandbox, the HTML Standard makes it an error in a tab of its own
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": fileName(title, kind)}))
	if kind == "text/plain" {
		kind += "; charset=" + charset(data)
	}
	return r.Blob(http.StatusOK, kind, data)
}

const (
	// maxOpened bounds the bytes of all documents that are being answered at a time: one consolidated
	// letter and some others. Each is in memory twice for a moment, sealed and open.
	maxOpened = 96 << 20
	// waitToOpen is how long somebody waits for others before they are asked to come again.
	waitToOpen = 10 * time.Second
)

// roomToOpen waits until so many bytes may be in memory, and returns what gives them back.
func (s *server) roomToOpen(r *request, bytes int64) (closed func(), err error) {
	ctx, cancel := context.WithTimeout(r.ctx(), waitToOpen)
	defer cancel()
	bytes = min(bytes, maxOpened)
	if err := s.opened.Acquire(ctx, bytes); err != nil {
		return nil, fmt.Errorf("open a document: %w", err)
	}
	return func() { s.opened.Release(bytes) }, nil
}

// charset is what a text is written in: text that is not UTF-8 was taken as Windows-1252, as most
// machines of clinics write it (see [ocean.ContentType]).
func charset(text []byte) string {
	if utf8.Valid(text) {
		return "utf-8"
	}
	return "windows-1252"
}

// extensions are those that each type is saved under, whatever its title says: nothing that came
// from outside is ever saved as something that runs.
var extensions = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif",
	"audio/mpeg": ".mp3", "video/mp4": ".mp4", "text/plain": ".txt"}

// extension is how a title ends that is a file's name, and not in "Dr. Ng" or "1.5".
var extension = regexp.MustCompile(`\.[A-Za-z][A-Za-z0-9]{1,4}$`)

// fileName makes a safe name of a title: no folders, no signs that systems read otherwise, and the
// extension of what the document really is.
func fileName(title, kind string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case unicode.IsLetter(c), unicode.IsDigit(c), unicode.IsMark(c), strings.ContainsRune("-_(), .'", c):
			return c
		}
		return '_'
	}, title)
	name = extension.ReplaceAllString(name, "")
	name = strings.Trim(name, " ._")
	if runes := []rune(name); len(runes) > 100 {
		name = strings.TrimRight(string(runes[:100]), " ._")
	}
	if name == "" {
		name = "document"
	}
	return name + cmp.Or(extensions[kind], ".bin")
}

func (s *server) retryDocument(r *request) error {
	if err := s.Store.RetryAttachment(r.ctx(), r.actor(), r.Param("id"), r.Param("document")); err != nil {
		return err
	}
	if r.posted("from") == "problems" {
		return r.see("/referrals/problems")
	}
	return r.see("/referrals/" + r.Param("id") + "#documents")
}

func (s *server) retryDocuments(r *request) error {
	if err := s.Store.RetryAttachments(r.ctx(), r.actor()); err != nil {
		return err
	}
	return r.see("/referrals/problems")
}
