package seal

import (
	"fmt"
	"strings"

	"filippo.io/age"
)

// Identity is the age identity that opens the backups, derived from the master key. Whoever has the
// one has the other, so there is no second secret to keep, and the age program opens a backup too.
func (m Master) Identity() (*age.X25519Identity, error) {
	id, err := age.ParseX25519Identity(strings.ToUpper(bech32("age-secret-key-", m.backup[:])))
	if err != nil {
		return nil, fmt.Errorf("derive the identity of backups: %w", err) // without its text
	}
	return id, nil
}

// bech32Digits are the 32 digits of Bech32, the form in which age writes keys.
const bech32Digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32 writes data in Bech32 (BIP 173), in lower case. Whoever reads it checks its checksum.
func bech32(prefix string, data []byte) string {
	var values []byte // of 5 bits each
	var bits, held uint
	for _, b := range data {
		held, bits = held<<8|uint(b), bits+8
		for ; bits >= 5; bits -= 5 {
			values = append(values, byte(held>>(bits-5))&31)
		}
	}
	if bits > 0 {
		values = append(values, byte(held<<(5-bits))&31)
	}
	text := []byte(prefix + "1")
	for _, v := range append(values, bech32Checksum(prefix, values)...) {
		text = append(text, bech32Digits[v])
	}
	return string(text)
}

// bech32Checksum is six digits that make the whole a multiple of Bech32's polynomial.
func bech32Checksum(prefix string, values []byte) []byte {
	sum := uint32(1)
	add := func(v byte) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				sum ^= g
			}
		}
	}
	for i := range len(prefix) {
		add(prefix[i] >> 5)
	}
	add(0)
	for i := range len(prefix) {
		add(prefix[i] & 31)
	}
	for _, v := range append(values[:len(values):len(values)], 0, 0, 0, 0, 0, 0) {
		add(v)
	}
	sum ^= 1
	digits := make([]byte, 6)
	for i := range digits {
		digits[i] = byte(sum>>(5*(5-i))) & 31
	}
	return digits
}
