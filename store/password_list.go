package store

import (
	"crypto/sha256"
	_ "embed" // for the lists
	"encoding/base64"
	"sort"
	"strings"
	"unicode/utf8"
)

// The lists of common passwords, as hashes: each is the first 6 bytes of the SHA-256 of a password in
// small letters, in base64, so that one looks it up without unpacking anything and nobody who reads
// the source has to read what people choose. Among them one password in three thousand million is
// refused for nothing.
//
// They hold nothing that [wellKnown] refuses already. [TestTheListsOfCommonPasswords] says where they
// come from, and makes them anew from there.
var (
	//go:embed common/long.txt
	longList string // of 15 characters and more: those that leaked, and pairs of the most popular ones
	//go:embed common/short.txt
	shortList string // of 8 to 14 characters: the most popular of those that leaked
)

const (
	listEntry = 8  // bytes of an entry
	listLine  = 12 // entries on a line
	// shortest is the length of the shortest listed password.
	shortest = 8
	// mostTail is how many digits behind a listed password make no other one of it.
	mostTail = 4
)

// leakedBefore reports whether a password, in small letters, is in the lists: by itself, with a few digits
// behind it, or made of two that are.
func leakedBefore(text string) bool {
	for tail := range mostTail + 1 {
		if tail > 0 && (len(text) <= tail || strings.Trim(text[len(text)-tail:], "0123456789") != "") {
			break
		}
		if inLists(text[:len(text)-tail]) {
			return true
		}
	}
	for i := range text {
		if utf8.RuneCountInString(text[:i]) >= shortest && utf8.RuneCountInString(text[i:]) >= shortest && inLists(text[:i]) && inLists(text[i:]) {
			return true
		}
	}
	return false
}

func inLists(text string) bool {
	switch n := utf8.RuneCountInString(text); {
	case n < shortest:
		return false
	case n < MinPassword:
		return inList(shortList, text)
	}
	return inList(longList, text)
}

func inList(list, text string) bool {
	want := listHash(text)
	n := entriesIn(list)
	i := sort.Search(n, func(i int) bool { return entryOf(list, i) >= want })
	return i < n && entryOf(list, i) == want
}

func listHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:listEntry/4*3])
}

func entriesIn(list string) int { return (len(list) - strings.Count(list, "\n")) / listEntry }

func entryOf(list string, i int) string {
	at := i*listEntry + i/listLine // a line's end is one byte
	return list[at : at+listEntry]
}
