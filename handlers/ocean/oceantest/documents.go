package oceantest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Content is what a document turns out to be when it is fetched.
type Content string

const (
	PDF       Content = "pdf"       // a real one, as letters are
	PNG       Content = "png"       // a real picture
	Text      Content = "text"      // plain text in UTF-8
	Empty     Content = "empty"     // 200 with no byte
	FakePDF   Content = "fake-pdf"  // HTML with a script, said to be a PDF
	Huge      Content = "huge"      // a stream of 32 MiB that does not say its length
	Elsewhere Content = "elsewhere" // a redirect to another host
	Stalled   Content = "stalled"   // the first bytes, then nothing until the caller gives up
)

const hugeBytes = 32 << 20

// SetContent says what a document is: id is a DocumentReference's, or a referral reference for its
// letter. The simulator answers for any document so named.
func (o *Ocean) SetContent(id string, c Content) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.contents[id] = c
}

// letter answers a referral's letter, with attachments=true as one PDF with all its documents.
func (o *Ocean) letter(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	known, ok := o.referrals[r.PathValue("ref")]
	content := o.contents[r.PathValue("ref")]
	var m Message
	if ok {
		m = known.now
	}
	o.mu.Unlock()
	if !ok && content == "" {
		refuse(w, http.StatusNotFound, "not-found", "There is no such letter.")
		return
	}
	pages := [][]string{letterPage(m)}
	if r.URL.Query().Get("attachments") == "true" {
		for i, d := range m.attached() {
			pages = append(pages, []string{fmt.Sprintf("Attachment %d", i+1), "", d.Title})
		}
	}
	o.serveContent(w, r, content, pages)
}

// binary answers one attached document.
func (o *Ocean) binary(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	o.mu.Lock()
	content, ok := o.contents[id]
	o.mu.Unlock()
	if !ok {
		refuse(w, http.StatusNotFound, "not-found", "There is no such document.")
		return
	}
	o.serveContent(w, r, content, [][]string{{"Attached document", "", "Document " + id}})
}

func (o *Ocean) serveContent(w http.ResponseWriter, r *http.Request, c Content, pages [][]string) {
	o.mu.Lock()
	faults, elsewhere := o.faults, o.opts.Elsewhere
	o.mu.Unlock()
	switch {
	case faults.LetterMissing:
		refuse(w, http.StatusNotFound, "not-found", "This referral is archived: its documents can no longer be fetched.")
		return
	case faults.LetterBusy > 0:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(faults.LetterBusy.Seconds()))))
		refuse(w, http.StatusServiceUnavailable, "transient", "The document is not ready yet.")
		return
	}
	head := w.Header()
	head.Set("Content-Type", "application/pdf")
	switch c {
	case PNG:
		head.Set("Content-Type", "image/png")
		_, _ = w.Write(picture())
	case Text:
		head.Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, simulation+"\n\nHémoglobine 132 g/L\nGlucose 5,4 mmol/L\n")
	case Empty:
		w.WriteHeader(http.StatusOK)
	case FakePDF:
		_, _ = io.WriteString(w, "<!doctype html><title>Not a PDF</title><h1>"+simulation+"</h1><script>document.title='script ran'</script>")
	case Huge:
		stream(w)
	case Elsewhere:
		http.Redirect(w, r, elsewhere+"/harvest", http.StatusFound)
	case Stalled:
		_, _ = io.WriteString(w, "%PDF-1.4\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	default:
		_, _ = w.Write(writePDF(pages))
	}
}

// stream writes a document larger than any clinic takes, chunked, a little at a time. It stops when
// the reader hangs up, which a write reports.
func stream(w io.Writer) {
	_, _ = io.WriteString(w, "%PDF-1.4\n")
	line := bytes.Repeat([]byte("% simulation\n"), 5000)
	for sent := 0; sent < hugeBytes; {
		n, err := w.Write(line)
		if err != nil {
			return
		}
		sent += n
	}
}

// attached returns a referral's documents without its letter; of a flood, the first.
func (m Message) attached() []Document {
	var all []Document
	for _, d := range m.Documents {
		if (d.URL != "" || d.Data != "") && len(all) < 100 {
			all = append(all, d)
		}
	}
	return all
}

func letterPage(m Message) []string {
	p := m.Patient
	return []string{
		"Referral letter", "",
		"Patient: " + p.Given + " " + p.Family,
		"Born: " + p.BirthDate,
		"Health number: " + p.HealthNumber + " " + p.Version,
		"Phone: " + p.Phone, "",
		"Service: " + m.Specialty + " (" + m.Priority + ")",
		"To: " + m.Destination + ", site " + m.SiteNumber,
		"From: Dr. Grace " + m.Referrer, "",
		"Reason: " + m.Reason, "",
		"Referral reference: " + m.Ref,
	}
}
