package seal

import (
	"bytes"
	"crypto/rand"
	"testing"

	"github.com/klauspost/compress/s2"
)

func TestValuesOfEverySizeComeBack(t *testing.T) {
	r := newRing(t)
	text := bytes.Repeat([]byte("Tremblay, Geneviève "), 8000)
	random := make([]byte, len(text))
	rand.Read(random)
	for size, form := range map[int]byte{0: formPlain, compressFrom - 1: formPlain, compressFrom: formS2, 25 << 10: formS2,
		zstdFrom - 1: formS2, zstdFrom: formZstd, len(text): formZstd} {
		opens(t, r, text[:size], form)
		opens(t, r, random[:size], formPlain) // nothing makes it smaller
	}
}

// opens seals a value, which should take that form, and opens it.
func opens(t *testing.T, r *Keyring, value []byte, form byte) {
	t.Helper()
	at := Place{"messages", "raw", "row-1"}
	sealed := r.Seal(at, value)
	if got, err := r.Open(at, sealed); err != nil || !bytes.Equal(got, value) {
		t.Errorf("of %d bytes %d come back, %v", len(value), len(got), err)
	}
	if sealed[0] != form {
		t.Errorf("%d bytes are in form %d, want %d", len(value), sealed[0], form)
	}
	if most := len(value) + PrefixSize + tagSize; len(sealed) > most {
		t.Errorf("%d bytes were sealed into %d", len(value), len(sealed))
	}
}

// TestSmallValuesOfEarlierVersionsOpen reads what was compressed with zstd when that was for small values too.
func TestSmallValuesOfEarlierVersionsOpen(t *testing.T) {
	r := newRing(t)
	at, value := Place{"messages", "raw", "row-1"}, bytes.Repeat([]byte("Tremblay "), 400)
	set := r.now()
	sealed := sealForm(set.sealers[set.current], set.current, formZstd, at, r.enc.EncodeAll(value, nil))
	if got, err := r.Open(at, sealed); err != nil || !bytes.Equal(got, value) {
		t.Errorf("%d bytes come back, %v", len(got), err)
	}
	resealed, err := r.Reseal(at, sealed)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Open(at, resealed); err != nil || !bytes.Equal(got, value) {
		t.Errorf("sealed anew, %d bytes come back, %v", len(got), err)
	}
}

// TestNothingGrowsBeyondItsBound opens what no version would have written.
func TestNothingGrowsBeyondItsBound(t *testing.T) {
	r := newRing(t)
	at := Place{"messages", "raw", "row-1"}
	set := r.now()
	for what, small := range map[string][]byte{
		"S2 of more than its bound":   s2.Encode(nil, make([]byte, zstdFrom+1)),
		"S2 that says 4 GB":           {0xff, 0xff, 0xff, 0xff, 0x0f, 0},
		"zstd of more than its bound": r.enc.EncodeAll(make([]byte, maxOpened+1), nil),
		"no S2":                       []byte("\x20Tremblay"),
	} {
		form := formS2
		if what[0] == 'z' {
			form = formZstd
		}
		if got, err := r.Open(at, sealForm(set.sealers[set.current], set.current, form, at, small)); err != ErrSealed {
			t.Errorf("%s: %d bytes, %v", what, len(got), err)
		}
	}
}
