package handlers

import (
	"bytes"
	"html"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"
)

func TestWhatIsWrongStandsBesideItsField(t *testing.T) {
	toronto, err := time.LoadLocation("America/Toronto")
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(c *Config) { c.Zone = toronto })
	w := s.worker(oceantest.Message{})
	good := map[string]string{"date": "2026-06-05", "time": "10:30", "minutes": "30", "type": "Kind kept", "instruction": "Instruction kept", "confirmed": "1"}
	for _, c := range []struct{ field, typed, want string }{
		{"date", "", "Enter the date."},
		{"date", "05/06/2026", "You typed 05/06/2026."},
		{"date", "2026-02-30", "You typed 2026-02-30."},
		{"date", "2026-05-30", "2026-05-30 is past."},
		{"date", "2206-06-05", "more than five years away"},
		{"time", "", "Enter the time."},
		{"time", "25:00", "You typed 25:00."},
		{"time", "half past", "You typed half past."},
		{"minutes", "0", "minutes from 1 to 720. You typed 0."},
		{"minutes", "forty", "You typed forty."},
		{"type", strings.Repeat("x", 201), "at most 200 characters"},
		{"instruction", strings.Repeat("é", 2001), "at most 2000 characters"},
	} {
		var form []string
		for name, value := range good {
			if name == c.field {
				value = c.typed
			}
			form = append(form, name, value)
		}
		a := w.act("book", form...).wants(t, 422).shows(t, html.EscapeString(c.want), `id="`+c.field+`-error"`, " checked")
		if c.field != "type" && c.field != "instruction" {
			a.shows(t, `value="Kind kept"`, "Instruction kept")
		}
	}
	w.act("book", "date", "2027-03-14", "time", "02:30").wants(t, 422).shows(t, "there is no 02:30", `id="time-error"`)
	w.act("decline", "reason", " \r\n ").wants(t, 422).shows(t, "Enter a reason.", "autofocus")
	w.act("decline", "reason", strings.Repeat("x", 2001)).wants(t, 422).shows(t, "at most 2000 characters", strings.Repeat("x", 2001))
	w.act("accept", "note", strings.Repeat("x", 2001)).wants(t, 422).shows(t, `id="note-error"`)
	w.act("message", "text", "").wants(t, 422).shows(t, "Enter a message.")
	w.act("message", "text", strings.Repeat("x", 20_001)).wants(t, 422).shows(t, "at most 20000 characters")
	w.stands(store.FolderNew, 0)

	w.act("book", "date", "2026-05-31", "time", "09:15").leadsTo(t, w.at("")) // yesterday's, entered late
	if _, u := w.told(); !u.Appointment.Start.Equal(time.Date(2026, 5, 31, 13, 15, 0, 0, time.UTC)) {
		t.Errorf("told: %+v", u.Appointment)
	}
	w.get(w.at("/book")).shows(t, `value="2026-05-31"`, `value="09:15"`, `value="30"`, "Rebook appointment").hides(t, " checked")
}

// upload posts a message with a file.
func (w *worker) upload(text, name string, file []byte) answer {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	form.WriteField("version", w.get(w.at("/message")).wants(w.t, 200).seen(w.t))
	form.WriteField("text", text)
	part, err := form.CreateFormFile("pdf", name)
	w.must(err)
	part.Write(file)
	form.Close()
	return w.send(post, w.at("/message"), &body, "Content-Type", form.FormDataContentType())
}

func TestAPDFGoesAlong(t *testing.T) {
	w := newSite(t).worker(oceantest.Message{})
	pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), 100)...)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"letter.pdf", []byte("<html><script>"), "not a PDF"},
		{"letter.pdf", nil, "not a PDF"},
		{"picture.pdf", []byte("\x89PNG\r\n\x1a\nxxxx"), "not a PDF"},
		{"large.pdf", append(bytes.Clone(pdf), make([]byte, 10<<20)...), "at most 10 MB"},
	} {
		w.upload("Typed and kept", c.name, c.file).wants(t, 422).shows(t, c.want, "Typed and kept", `id="pdf-error"`)
	}
	w.upload("Far too large", "huge.pdf", append(bytes.Clone(pdf), make([]byte, maxMessageForm)...)).wants(t, 413)
	w.stands(store.FolderNew, 0)

	w.upload("See the letter", `C:\patients\Lettre d’Ada.pdf`, pdf).leadsTo(t, w.at(""))
	due, err := w.store.DueOutbox(t.Context(), 1)
	w.must(err)
	for _, want := range []string{"See the letter", "JVBERi0xLjc", "Lettre d’Ada.pdf", "application/pdf"} {
		if !bytes.Contains(due[0].Bundle, []byte(want)) {
			t.Errorf("the message lacks %q", want)
		}
	}
	if bytes.Contains(due[0].Bundle, []byte("patients")) {
		t.Error("the message tells where the file lay")
	}
	w.stands(store.FolderAwaitingReply, 1)
	w.post(w.at("/decline"), "reason", strings.Repeat("x", maxForm)).wants(t, 413) // room for one form alone
}

func TestTheFileStaysInMemory(t *testing.T) {
	w := newSite(t).worker(oceantest.Message{})
	t.Setenv("TMPDIR", "/nonexistent") // where the library would put what it does not keep
	w.upload("With a letter", "letter.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 9<<20)...)).leadsTo(t, w.at(""))
}
