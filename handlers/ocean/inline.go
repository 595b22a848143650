package ocean

import (
	"bytes"
	"encoding/base64"

	"breakwater/store"
)

// InlineContent returns the attachment that a message bundle carries in itself as base64, by the
// [store.Document]'s Digest. The bundle is the message's Raw.
//
// Its errors are [*CallError]: FaultGone when no attachment has that digest, FaultContent when it
// is no base64 or [ContentType] keeps it out, FaultTooLarge past 25 MB.
func InlineContent(raw []byte, digest string) (Content, error) {
	text, ok := inlineText(raw, digest)
	if !ok {
		return Content{}, &CallError{Fault: store.FaultGone}
	}
	data, fault := decodeBase64(text)
	if fault != "" {
		return Content{}, &CallError{Fault: fault}
	}
	mediaType, ok := ContentType(data)
	if !ok {
		return Content{}, &CallError{Fault: store.FaultContent}
	}
	return Content{mediaType, data}, nil
}

// inlineText returns the text of the member called data that has a digest. It does not matter where
// in the bundle that stands: no other text has the same SHA-256.
func inlineText(raw []byte, digest string) ([]byte, bool) {
	t, err := parseTree(raw)
	if err != nil || digest == "" {
		return nil, false
	}
	for i := range len(t.values) - 1 {
		name, data := node{t, uint32(i)}, node{t, uint32(i + 1)}
		if name.kind() != kindString || data.kind() != kindString || !name.is("data") {
			continue
		}
		if inlineDigest(data) == digest {
			return lossless(nil, data), true
		}
	}
	return nil, false
}

// decodeBase64 reads base64 as senders write it: in lines or in one, with padding or without, in
// the usual alphabet or the one for URLs. The text is left as it is, since it may lie in a bundle.
func decodeBase64(text []byte) ([]byte, store.Fault) {
	clean := bytes.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n':
			return -1
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, text)
	clean = bytes.TrimRight(clean, "=")
	if base64.RawStdEncoding.DecodedLen(len(clean)) > maxDocument {
		return nil, store.FaultTooLarge
	}
	data := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(data, clean)
	if err != nil {
		return nil, store.FaultContent
	}
	return data[:n], ""
}
