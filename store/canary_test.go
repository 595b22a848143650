package store_test

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"testing"
	"time"

	"breakwater/store"
	"breakwater/store/storetest"
)

// planter fills every text in a value with a canary, a text that stands nowhere else.
type planter struct {
	canaries map[string]string // by where it was planted
	round    int
}

func (p *planter) plant(where string, v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[store.Problem](), v.Type() == reflect.TypeFor[store.LinkKind]():
		return // codes of ours, no text from outside
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 6, 1, 10, p.round, 0, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		where = fmt.Sprintf("%s, round %d", where, p.round)
		canary := fmt.Sprintf("canary%x", sha256.Sum256([]byte(where)))[:20]
		p.canaries[where] = canary
		v.SetString(canary)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		p.plant(where, v.Elem())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			p.canaries[where] = fmt.Sprintf("canary raw bytes of round %d", p.round)
			v.SetBytes([]byte(p.canaries[where]))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			p.plant(fmt.Sprintf("%s[%d]", where, i), v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			p.plant(where+"."+v.Type().Field(i).Name, v.Field(i))
		}
	}
}

func TestNothingOfAMessageCanBeReadInTheFiles(t *testing.T) {
	s, dir, _ := at(t)
	p := &planter{canaries: map[string]string{}}
	secret := "canary of the client secret"
	p.canaries["client secret"] = secret
	if err := save(s, func(c *store.OceanChange) { c.SiteNumber, c.ClientSecret = new("4321"), &secret }); err != nil {
		t.Fatal(err)
	}
	p.canaries["inbound key"] = generate(t, s)
	storetest.AddUser(t, s, "ada@example.org")
	const rounds = 25
	var ref string
	for p.round = range rounds {
		var m store.Message
		p.plant("Message", reflect.ValueOf(&m).Elem())
		m.Digest = sha256.Sum256([]byte{byte(p.round)})
		m.Problems = []store.Problem{store.ProblemOddResource}
		if p.round == 0 {
			ref = m.Updates[0].Ref
		}
		m.Updates[0].Ref = ref // the first referral hears every message, the second is always new
		if r, err := s.Receive(ctx, m); err != nil || r.Duplicate {
			t.Fatalf("%+v, %v", r, err)
		}
		if p.round == rounds/2 { // some of it leaves the write-ahead log
			run(t, raw(t, dir), `PRAGMA wal_checkpoint(PASSIVE)`)
		}
	}
	if len(p.canaries) < 100*rounds {
		t.Fatalf("only %d canaries were planted", len(p.canaries))
	}
	found := 0
	for _, q := range []string{ref, p.canaries["Message.Updates[0].Patient.Name.Family, round 24"]} {
		rows, err := s.SearchReferrals(ctx, q, 10)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%q: %d, %v", q, len(rows), err)
		}
		r, err := s.Referral(ctx, rows[0].ID)
		if err != nil || len(r.History) != rounds {
			t.Fatal(err)
		}
		found += len(r.Communications)
	}
	if found < rounds {
		t.Errorf("the canaries are not in the database at all: %d", found)
	}
	// Every canary begins alike, which takes one search instead of thousands.
	secrets := map[string]string{"a canary": "canary", "the inbound key": p.canaries["inbound key"]}
	nowhere(t, dir, "ada@example.org", secrets)
	for name, b := range fileBytes(t, dir) {
		if len(b) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	run(t, raw(t, dir), `PRAGMA wal_checkpoint(TRUNCATE)`)
	nowhere(t, dir, "ada@example.org", secrets)
}
