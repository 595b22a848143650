package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon2 are the costs of hashing a password with argon2id.
type Argon2 struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultArgon2 is RFC 9106's second recommended option with a thread less: 64 MiB, 3 passes.
var DefaultArgon2 = Argon2{Memory: 64 << 10, Time: 3, Threads: 1}

const (
	saltSize = 16
	hashSize = 32
	// hashesAtOnce bounds how many passwords are hashed at a time, and with Argon2.Memory how
	// much memory signing in can take; others wait their turn.
	hashesAtOnce = 2
	// strangersHash is how many of those strangers may take, and strangersWait how many of them may
	// wait for their turn: a crowd that signs in wrongly keeps nobody at a known device waiting.
	strangersHash = 1
	strangersWait = 32
)

// knownDevice marks a context in which a password is checked for somebody at a known device.
type knownDevice struct{}

// AsTried returns the context in which a password is checked that was counted by these: at a known
// device it passes those of strangers who wait.
func AsTried(ctx context.Context, tries []Try) context.Context {
	if len(tries) == 1 && tries[0].kind == TryDevice {
		return context.WithValue(ctx, knownDevice{}, true)
	}
	return ctx
}

// hasher hashes passwords, a few at a time.
type hasher struct {
	cost      Argon2
	turns     chan struct{}
	strangers chan struct{} // turns that they have
	line      chan struct{} // where they wait
	// decoy is compared with when nobody has the given e-mail address, so that the answer takes
	// the same work.
	decoy string
}

func newHasher(cost Argon2) *hasher {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	return &hasher{cost: cost, turns: make(chan struct{}, hashesAtOnce), strangers: make(chan struct{}, strangersHash),
		line: make(chan struct{}, strangersWait), decoy: encodeHash(cost, salt, make([]byte, hashSize))}
}

// amongStrangers runs fn when a stranger may have a password checked. It returns [ErrBusy] where too
// many wait.
func (h *hasher) amongStrangers(ctx context.Context, fn func() error) error {
	if ctx.Value(knownDevice{}) != nil {
		return fn()
	}
	select {
	case h.line <- struct{}{}:
		defer func() { <-h.line }()
	default:
		return fmt.Errorf("%w: too many people sign in at once", ErrBusy)
	}
	select {
	case h.strangers <- struct{}{}:
		defer func() { <-h.strangers }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return fn()
}

// hash returns a new hash of the password in PHC form.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	sum, err := h.sum(ctx, prepare8265(password), salt, h.cost)
	if err != nil {
		return "", err
	}
	return encodeHash(h.cost, salt, sum), nil
}

// matches reports whether the password is the hash's. An empty hash takes the same work and
// matches nothing.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.decoy
	}
	cost, salt, want, err := decodeHash(hash)
	if err != nil {
		return false, err
	}
	for _, p := range asTyped(password) {
		sum, err := h.sum(ctx, p, salt, cost)
		if err != nil {
			return false, err
		}
		if subtle.ConstantTimeCompare(sum, want) == 1 && known {
			return true, nil
		}
	}
	return false, nil
}

// asTyped lists what may have been hashed of a password: what it is now, and, where that differs, its
// very bytes, which versions before it were content with.
func asTyped(password string) []string {
	prepared := prepare8265(password)
	if prepared == password {
		return []string{password}
	}
	return []string{prepared, password}
}

// better returns a new hash of a password that matches one made at lesser costs, "" where that one is
// good enough.
func (h *hasher) better(ctx context.Context, password, hash string) (string, error) {
	cost, _, _, err := decodeHash(hash)
	if err != nil || !cost.below(h.cost) {
		return "", err
	}
	return h.hash(ctx, password)
}

// below reports whether guessing takes less memory, or at the same memory less time.
func (c Argon2) below(other Argon2) bool {
	return c.Memory < other.Memory || c.Memory == other.Memory && c.Time < other.Time
}

func (h *hasher) sum(ctx context.Context, password string, salt []byte, c Argon2) (sum []byte, err error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	withProcessor(func() { sum = argon2.IDKey([]byte(password), salt, c.Time, c.Memory, c.Threads, hashSize) })
	return sum, nil
}

func encodeHash(c Argon2, salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

var errHash = errors.New("a stored password hash is not readable")

func decodeHash(hash string) (c Argon2, salt, sum []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, errHash
	}
	var version int
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil || c.Time == 0 || c.Threads == 0 {
		return c, nil, nil, errHash
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(sum) != hashSize {
		return c, nil, nil, errHash
	}
	return c, salt, sum, nil
}
