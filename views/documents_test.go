package views

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"breakwater/store"

	"github.com/a-h/templ"
)

// inFrench is the same frame in the other language.
func inFrench(f Frame) Frame {
	f.Text, f.Lang = &French, "fr"
	return f
}

func scan(kind string, a *store.Attachment) DocumentLine {
	return DocumentLine{store.Document{Title: "Scan", ContentType: kind, URL: "https://ocean.example/x"}, a}
}

func kept(f Frame, kind string, size int64) *store.Attachment {
	return &store.Attachment{ID: "a7", State: store.AttachmentKept, KeptAt: f.Now, Type: kind, Size: size}
}

func documentsOf(t *testing.T, f Frame, d ReferralDetail) string {
	t.Helper()
	d.Referral.ID = "r1"
	return render(t, documentsCard(f, d))
}

// TestDocumentIsOpenedAsItsBytesAllow holds that a page shows what every browser shows by itself,
// and offers all else for download alone.
func TestDocumentIsOpenedAsItsBytesAllow(t *testing.T) {
	f := at(t)
	beside, alone, download := `href="/referrals/r1?document=a7#document"`, `href="/referrals/r1/documents/a7" target="_blank" rel="noopener noreferrer"`,
		`href="/referrals/r1/documents/a7?download=1"`
	for kind, shown := range map[string]bool{"application/pdf": true, "image/jpeg": true, "image/png": true, "text/plain": true, "text/plain; charset=utf-8": true,
		"audio/mpeg": false, "video/mp4": false, "image/tiff": false, "application/octet-stream": false, "text/html": false, "image/svg+xml": false, "": false} {
		html := documentsOf(t, f, ReferralDetail{Documents: []DocumentLine{scan("", kept(f, kind, 5))}})
		if strings.Contains(html, beside) != shown || strings.Contains(html, alone) != shown || !strings.Contains(html, download) {
			t.Errorf("%s: %s", kind, html)
		}
		unknown := kind == unknownType
		if hint := English.Documents.UnknownHint; strings.Contains(html, hint) != unknown || strings.Contains(html, `chip waiting`) != unknown {
			t.Errorf("%s: %s", kind, html)
		}
	}
}

// TestDocumentStates reads every state in both languages.
func TestDocumentStates(t *testing.T) {
	f := at(t)
	english, french := English, French
	english.Faults = map[store.Fault]Explained{store.FaultConnect: {"F-TITLE", "F-TEXT"}}
	french.Faults = map[store.Fault]Explained{store.FaultConnect: {"P-TITRE", "P-TEXTE"}}
	f.Text = &english
	g := f
	g.Text, g.Lang = &french, "fr"
	waiting := store.Attachment{ID: "a7", State: store.AttachmentWaiting, QueuedAt: f.Now.Add(-time.Hour), DueAt: f.Now.Add(90 * time.Second)}
	tried, failed, foreign := waiting, waiting, store.Attachment{ID: "a7", State: store.AttachmentForeign, Fault: store.FaultForeign}
	tried.Fault = store.FaultConnect
	failed.State, failed.Fault = store.AttachmentFailed, store.FaultConnect
	older := func(a store.Attachment) *store.Attachment {
		a.KeptAt, a.Type, a.Size = f.Now, "application/pdf", 3<<20
		return &a
	}
	nothing := []string{"-<a ", "-<form", "-chip"}
	for name, c := range map[string]struct {
		a      *store.Attachment
		en, fr []string
	}{
		"nothing known": {nil, append(nothing, "Scan"), append(nothing, "Scan")},
		"kept": {kept(f, "application/pdf", 1234567), []string{"PDF", "1.2 MB", "Open beside", "Download", "-chip", "-<form"},
			[]string{"PDF", "1,2\u00a0Mo", "Ouvrir à côté", "Télécharger"}},
		"waiting": {&waiting, []string{"On its way", "-F-TITLE", "-Next try", "-<a ", "-<form"}, []string{"En route", "-<a "}},
		"tried": {&tried, []string{"On its way", "F-TITLE", "Next try in 2 minutes (12:01)", "-<form"},
			[]string{"En route", "P-TITRE", "Prochain essai dans 2\u00a0minutes (12:01)"}},
		"failed": {&failed, []string{"Not fetched", "F-TITLE", "First asked for", "1 hour ago", `action="/referrals/r1/documents/a7/retry"`, "Try again", "-<a "},
			[]string{"Non récupéré", "P-TITRE", "Première demande\u00a0:", "Réessayer"}},
		"foreign": {&foreign, []string{"Not fetched: foreign host", "leads to ocean.example, which is not Ocean", "-<a ", "-<form"},
			[]string{"Non récupéré\u00a0: hôte externe", "mène à ocean.example"}},
		"older, waiting": {older(waiting), []string{"On its way", "The newer one is on its way", "3.0 MB", "Open beside", "-<form"},
			[]string{"La plus récente est en route", "3,0\u00a0Mo"}},
		"older, failed": {older(failed), []string{"Not fetched", "The newer one is not here", "Open beside", "Try again"},
			[]string{"La plus récente n’est pas ici", "Ouvrir à côté", "Réessayer"}},
		"older, foreign": {older(foreign), []string{"foreign host", "The newer one is not here", "Download"}, []string{"n’est pas ici"}},
	} {
		d := ReferralDetail{Documents: []DocumentLine{scan("application/pdf", c.a)}, CanManage: true}
		t.Run(name, func(t *testing.T) {
			wants(t, documentsOf(t, f, d), c.en...)
			wants(t, documentsOf(t, g, d), c.fr...)
			d.CanManage = false
			wants(t, documentsOf(t, f, d), "-<form")
		})
	}
}

func TestDocumentOfAnotherKind(t *testing.T) {
	f := at(t)
	note := `It came as “Picture (PNG)”, said to be “PDF”.`
	for said, noted := range map[string]bool{"application/pdf": true, "APPLICATION/PDF; x=y": true, "image/png": false, "Image/PNG ": false, "": false, unknownType: false} {
		html := documentsOf(t, f, ReferralDetail{Documents: []DocumentLine{scan(said, kept(f, "image/png", 5))}})
		if strings.Contains(html, note) != noted {
			t.Errorf("%q: %s", said, html)
		}
	}
	wants(t, documentsOf(t, f, ReferralDetail{Documents: []DocumentLine{scan("image/jpg", kept(f, "image/jpeg", 5))}}), "-said to be")
	wants(t, documentsOf(t, inFrench(f), ReferralDetail{Documents: []DocumentLine{scan("application/pdf", kept(f, "image/png", 5))}}),
		"Reçu comme «\u00a0Image (PNG)\u00a0», annoncé comme «\u00a0PDF\u00a0».")
}

// TestForeignLinkIsOnlyRead holds that the link of a document leads nowhere, and that its host
// cannot pass for another.
func TestForeignLinkIsOnlyRead(t *testing.T) {
	f := at(t)
	for link, host := range map[string]string{
		"https://evil.example/a?b":                    "evil.example",
		"https://ocean.cognisantmd.com@evil.example/": "evil.example",
		"https://oce\u0430n.example/":                 `oce\u0430n.example`,
		"https://a\u202eb.example/":                   `a\u202eb.example`,
		"javascript:alert(1)":                         "",
		"//evil.example/x":                            "evil.example",
		"ServiceRequest/1/$letter":                    "",
		"https://\"><script>x</script>/":              `\"><script>x<`,
		"":                                            "",
	} {
		l := DocumentLine{store.Document{Title: hostile, URL: link}, &store.Attachment{ID: "a7", State: store.AttachmentForeign}}
		html := documentsOf(t, f, ReferralDetail{Documents: []DocumentLine{l}})
		wants(t, html, templ.EscapeString(English.Documents.ForeignWhy(host)), "-href", "-javascript:", "-<script", "-<img")
	}
}

func TestDocumentBeside(t *testing.T) {
	f := signedIn(t)
	d := ReferralDetail{Referral: store.Referral{ID: "r1", Patient: store.Patient{Name: store.Name{Family: "Harbour", Given: []string{"Marguerite"}}}},
		Documents: []DocumentLine{scan("application/pdf", kept(f, "application/pdf", 5))}}
	closed := render(t, ReferralPage(f, d))
	wants(t, closed, "-<iframe", `-id="document"`, `-class="beside"`)

	d.Open = &OpenDocument{DocumentLine: d.Documents[0], Address: "/referrals/r1/documents/a7"}
	for _, frame := range []Frame{f, inFrench(f)} {
		w := frame.Text.Documents
		html := render(t, ReferralPage(frame, d))
		wants(t, html, `<iframe class="sheet" src="/referrals/r1/documents/a7" title="Scan"></iframe>`, "-sandbox", `<section class="card document" id="document"`,
			`<a class="button" href="/referrals/r1">`+w.Close, w.OpenNow, "-?document=a7", "<span>Harbour, Marguerite</span>")
		if strings.Count(html, `href="/referrals/r1/documents/a7?download=1"`) != 2 {
			t.Error("the panel does not offer the download")
		}
		wants(t, titleTag.FindString(html), "-Scan", "-Harbour")
	}

	d.Open.Image, d.Open.Title = true, hostile
	html := render(t, ReferralPage(f, d))
	wants(t, html, "-<iframe", `<img src="/referrals/r1/documents/a7" alt="`+templ.EscapeString(hostile)+`">`)
	if n := strings.Count(html, "<img"); n != 1 {
		t.Errorf("%d images", n)
	}
	d.Open.Attachment = nil
	wants(t, render(t, ReferralPage(f, d)), `<h2 id="document-title">`, `<a class="button" href="/referrals/r1">`)
}

func TestDocumentSize(t *testing.T) {
	f := at(t)
	for bytes, want := range map[int64]string{0: "1 KB", 1: "1 KB", 1024: "1 KB", 1025: "2 KB", 999 << 10: "999 KB", 999<<10 + 1: "1.0 MB", 1 << 20: "1.0 MB",
		9<<20 + 9<<17: "10 MB", 25 << 20: "25 MB"} {
		if got := f.size(bytes); got != want {
			t.Errorf("size(%d) = %q, want %q", bytes, got, want)
		}
	}
}

func TestNextTry(t *testing.T) {
	f := at(t)
	for in, want := range map[time.Duration]string{-time.Hour: "Next try in a moment", 59 * time.Second: "Next try in a moment", time.Minute: "Next try in 1 minute (12:01)",
		61 * time.Second: "Next try in 2 minutes (12:01)", 59 * time.Minute: "Next try in 59 minutes (12:59)", time.Hour: "Next try 2025-11-23 13:00"} {
		if got := f.nextTry(f.Now.Add(in)); got != want {
			t.Errorf("nextTry(%s) = %q, want %q", in, got, want)
		}
	}
}

func twoFailed(f Frame) []store.FailedAttachment {
	one := store.FailedAttachment{Attachment: store.Attachment{ID: "a7", State: store.AttachmentFailed, Fault: store.FaultGone, Tries: 7}, ReferralID: "r1", Since: f.Now.Add(-time.Hour)}
	two := one
	two.ID, two.ReferralID, two.Tries = "a8", "r2", 1
	return []store.FailedAttachment{one, two}
}

func TestProblemsOfDocuments(t *testing.T) {
	f := signedIn(t)
	english := English
	english.Faults = map[store.Fault]Explained{store.FaultGone: {"G-TITLE", "G-TEXT"}}
	f.Text = &english
	retry, all, empty := `action="/referrals/r1/documents/a7/retry"`, `action="/referrals/problems/retry"`, English.Problems.EmptyTitle
	documents := twoFailed(f)
	wants(t, render(t, Problems(f, ProblemList{Documents: documents, CanManage: true})), retry, all, `href="/referrals/r2"`, "G-TITLE", "G-TEXT", "tried 7 times",
		"tried once", "1 hour ago", "First failed", `value="problems"`, "-"+empty, "-"+English.Problems.Lead)
	wants(t, render(t, Problems(f, ProblemList{Documents: documents[:1], CanManage: true})), retry, "-"+all)
	wants(t, render(t, Problems(f, ProblemList{Documents: documents})), "-/retry", `href="/referrals/r1"`)
	row := []store.ProblemRow{{ReferralID: "r3", Problems: []store.Problem{store.ProblemNoPatient}, ReceivedAt: f.Now, Deliveries: 1}}
	wants(t, render(t, Problems(f, ProblemList{Rows: row})), English.Problems.Lead, "-"+English.Documents.FailedTitle, "-"+empty)
	wants(t, render(t, Problems(f, ProblemList{Rows: row, Documents: documents})), English.Problems.Lead, English.Documents.FailedTitle)
	wants(t, render(t, Problems(f, ProblemList{})), empty, "-"+English.Documents.FailedTitle)
	wants(t, render(t, Problems(inFrench(f), ProblemList{Documents: documents, CanManage: true})), "Tout réessayer", "7\u00a0essais", "Premier échec\u00a0:")
}

// TestNamesOfButtonsStartWithTheirWords: who speaks to a computer says the words that are seen.
func TestNamesOfButtonsStartWithTheirWords(t *testing.T) {
	for lang, text := range map[string]*Text{"en": &English, "fr": &French} {
		for seen, said := range map[string]string{text.Documents.Retry: text.Documents.RetrySince("x"), text.Problems.OpenReferral: text.Documents.OpenReferralSince("x")} {
			if !strings.HasPrefix(said, seen) {
				t.Errorf("%s: %q is called %q", lang, seen, said)
			}
		}
	}
}

func TestRehearsalIsOnEveryPage(t *testing.T) {
	f := signedIn(t)
	out := f
	out.Person = nil
	bar := regexp.MustCompile(`<body class="(in|out)side"><aside class="rehearsal"`)
	for _, frame := range []Frame{f, out, inFrench(f), inFrench(out)} {
		quiet := render(t, Failure(frame, FailureView{Status: 404}))
		wants(t, quiet, `-class="rehearsal"`, "-"+frame.Text.Layout.RehearsalText)
		frame.Rehearsal = true
		html := render(t, Failure(frame, FailureView{Status: 404}))
		wants(t, html, "<title>"+frame.Text.Layout.Rehearsal, " · Breakwater</title>", frame.Text.Layout.RehearsalText)
		if !bar.MatchString(html) {
			t.Errorf("%s: the bar is not first", frame.Lang)
		}
	}
}
