package ocean

import (
	"crypto/sha256"
	"encoding/hex"

	"breakwater/store"
)

// documents reads the attachments of a referral's DocumentReferences and Communications.
func (b *bundle) documents(r *referral) []store.Document {
	var all []store.Document
	for _, i := range r.documents {
		ref := b.entries[i].resource
		for c := range ref.list("content") {
			d, ok := document(c.obj("attachment"))
			if !ok {
				continue
			}
			if d.Title == "" {
				d.Title = ref.str("description")
			}
			if d.Created.IsZero() {
				d.Created = ref.time("date")
			}
			all = append(all, d)
		}
	}
	for _, i := range r.communications {
		for p := range b.entries[i].resource.list("payload") {
			if d, ok := document(p.obj("contentAttachment")); ok {
				all = append(all, d)
			}
		}
	}
	return all
}

// document reads an Attachment; ok is false when it names nothing.
func document(a node) (d store.Document, ok bool) {
	d = store.Document{
		Title:       a.str("title"),
		ContentType: a.str("contentType"),
		URL:         a.str("url"),
		Created:     a.time("creation"),
		Digest:      inlineDigest(a.get("data")),
	}
	d.Inline = d.Digest != ""
	return d, d.Title != "" || d.URL != "" || d.Inline
}

// inlineDigest returns the hex SHA-256 of the base64 text of inline data, by which the content can
// be found in the message's bytes again; "" when there is none. The text is not copied.
func inlineDigest(data node) string {
	switch data.kind() {
	case kindNone, kindNull:
		return ""
	case kindString:
	default:
		data.setOdd()
		return ""
	}
	text := lossless(nil, data)
	if len(text) == 0 {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
