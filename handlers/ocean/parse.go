package ocean

import (
	"encoding/hex"

	"breakwater/store"
)

// Parse understands one message of Ocean's. The bytes are kept in the result as they are, so they
// must not be changed afterwards. It returns [ErrNotJSON], [ErrNotMessage] or a [*Challenge]; any
// other oddity is in the message's Problems. It may be called from several goroutines at once.
func Parse(body []byte) (store.Message, error) {
	t, err := parseTree(body)
	if err != nil {
		return store.Message{}, err
	}
	defer t.release()
	if c, ok := challenge(t.root()); ok {
		return store.Message{}, c
	}
	b, err := openBundle(t.root())
	if err != nil {
		return store.Message{}, err
	}
	m := store.Message{
		HeaderID: b.headerID(),
		Event:    b.event,
		Digest:   digest(t.root()),
		Raw:      body,
	}
	if m.HeaderID == "" {
		m.HeaderID = hex.EncodeToString(m.Digest[:])
	}
	b.fill(&m)
	m.Test = b.isTest()
	m.Problems = b.problems(m.Updates)
	return m, nil
}

// isTest reports whether the message is marked as test health data anywhere that matters.
func (b *bundle) isTest() bool {
	for _, e := range b.entries {
		switch e.typ {
		case "MessageHeader", "ServiceRequest", "Patient":
			if isTest(e.resource) {
				return true
			}
		}
	}
	return isTest(b.root)
}

// problems returns the reasons why a person should look at a message, each once, in the order of
// their constants in store. It comes last, when everything has been read.
func (b *bundle) problems(updates []store.Update) []store.Problem {
	noPatient, noRecipient := len(updates) == 0 && b.onlyPatient < 0, false
	for _, u := range updates {
		noPatient = noPatient || u.Patient == nil
		noRecipient = noRecipient || u.ReceiverSite == ""
	}
	var found []store.Problem
	for _, p := range []struct {
		problem store.Problem
		is      bool
	}{
		{store.ProblemUnknownEvent, !Known(b.event)},
		{store.ProblemInvalidUTF8, !b.root.t.valid},
		{store.ProblemNoReference, len(updates) == 0},
		{store.ProblemNoPatient, noPatient && b.event == EventAdd},
		{store.ProblemNoRecipient, noRecipient},
		{store.ProblemOddResource, b.root.t.odd},
	} {
		if p.is {
			found = append(found, p.problem)
		}
	}
	return found
}
