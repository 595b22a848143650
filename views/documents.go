package views

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"breakwater/store"
)

// unknownType is what bytes are called that no kind of document starts with.
const unknownType = "application/octet-stream"

// shownTypes are the kinds that every browser shows by itself. All others are only downloaded.
var shownTypes = map[string]bool{"application/pdf": true, "image/jpeg": true, "image/png": true, "text/plain": true}

// typeAliases are other names of types. A document that came under one is what it was said to be.
var typeAliases = map[string]string{"image/jpg": "image/jpeg", "image/tif": "image/tiff", "application/x-pdf": "application/pdf",
	"audio/mp3": "audio/mpeg"}

// mediaType is a type without its parameters, under its usual name.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	s = strings.ToLower(strings.TrimSpace(s))
	return orElse(typeAliases[s], s)
}

// here reports whether there is something to open.
func (l DocumentLine) here() bool { return l.Attachment != nil && l.Attachment.Here() }

// state is what became of it, or "" where nothing is known.
func (l DocumentLine) state() store.AttachmentState {
	if l.Attachment == nil {
		return ""
	}
	return l.Attachment.State
}

// older reports whether what is here is not what Ocean has now.
func (l DocumentLine) older() bool { return l.here() && l.state() != store.AttachmentKept }

// kind is the media type: by the bytes where they are here, else as it was declared.
func (l DocumentLine) kind() string {
	if l.here() {
		return mediaType(l.Attachment.Type)
	}
	return mediaType(l.ContentType)
}

// shown reports whether a page can show the document.
func (l DocumentLine) shown() bool { return l.here() && shownTypes[l.kind()] }

// unknown reports whether its bytes are of no kind that is known.
func (l DocumentLine) unknown() bool { return l.here() && l.kind() == unknownType }

// disguised reports whether the bytes are of another kind than was declared. Who declared the
// unknown kind declared nothing.
func (l DocumentLine) disguised() bool {
	said := mediaType(l.ContentType)
	return l.here() && said != "" && said != unknownType && said != l.kind()
}

// host is where the link leads, for people to read. Letters that only look like those of a host
// that people know are written as codes, and so are those that turn the direction of writing.
func (l DocumentLine) host() string {
	u, err := url.Parse(l.URL)
	if err != nil {
		return ""
	}
	quoted := strconv.QuoteToASCII(u.Hostname())
	return quoted[1 : len(quoted)-1]
}

// olderNote says that what is here is not the newest, and what became of that.
func (f Frame) olderNote(l DocumentLine) string {
	if l.state() == store.AttachmentWaiting {
		return f.Text.Documents.OlderWaiting
	}
	return f.Text.Documents.OlderMissing
}

func (f Frame) documentTitle(l DocumentLine) string {
	return orElse(strings.TrimSpace(l.Title), f.Text.Documents.Untitled)
}

// hasFacts keeps an empty line from standing under a title.
func (l DocumentLine) hasFacts() bool { return l.here() || l.kind() != "" || !l.Created.IsZero() }

// retryable reports whether the person may have the document fetched again, and there is need.
func (d ReferralDetail) retryable(l DocumentLine) bool {
	return d.CanManage && l.state() == store.AttachmentFailed
}

// opened reports whether a line's document is the one on the screen.
func (d ReferralDetail) opened(l DocumentLine) bool {
	return d.Open != nil && d.Open.Attachment != nil && l.Attachment != nil && d.Open.Attachment.ID == l.Attachment.ID
}

func (d ReferralDetail) address() string { return "/referrals/" + d.Referral.ID }

func (d ReferralDetail) documentAddress(l DocumentLine) string {
	return d.address() + "/documents/" + l.Attachment.ID
}

// fault explains why a document is not here. A fault that the catalogue does not know is said by
// its code.
func (f Frame) fault(fault store.Fault) Explained {
	if e, ok := f.Text.Faults[fault]; ok {
		return e
	}
	return Explained{Title: orElse(string(fault), f.Text.Documents.NotFetched)}
}

// size writes a length as file managers do: in units of 1024, and nothing as less than one.
func (f Frame) size(bytes int64) string {
	if kilobytes := (bytes + 1023) / 1024; kilobytes < 1000 {
		return f.Text.Documents.Kilobytes(strconv.FormatInt(max(kilobytes, 1), 10))
	}
	megabytes, digits := float64(bytes)/(1<<20), 0
	if megabytes < 9.95 {
		digits = 1
	}
	return f.Text.Documents.Megabytes(strconv.FormatFloat(megabytes, 'f', digits, 64))
}

// nextTry says when a document is asked for again. The clock stands beside the minutes, since a
// page may stay open for longer than those.
func (f Frame) nextTry(due time.Time) string {
	switch in := due.Sub(f.Now); {
	case in < time.Minute:
		return f.Text.Documents.NextSoon
	case in < time.Hour:
		return f.Text.Documents.NextIn(int(math.Ceil(in.Minutes())), f.in(due).Format("15:04"))
	}
	return f.Text.Documents.NextAt(f.exact(due))
}
