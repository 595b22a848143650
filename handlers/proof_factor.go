package handlers

import (
	"errors"
	"net/http"

	"breakwater/store"
)

const forProof = "proof" // the purpose of a challenge

// proveOptions tells the browser what the person's passkeys are to sign as a proof.
func (s *server) proveOptions(r *request) error {
	f, err := s.Store.Factors(r.ctx(), r.user.ID)
	if err != nil {
		return err
	}
	h := holder{handle: f.Handle, passkeys: sound(f.Passkeys)}
	if s.passkeys == nil || len(h.passkeys) == 0 {
		return store.ErrNotFound
	}
	options, asked, err := s.passkeys.BeginLogin(h)
	if err != nil {
		return err
	}
	s.challenges.keep(forProof, r.sessionKey(), network(r.RealIP()), *asked)
	return r.JSON(http.StatusOK, options.Response)
}

// ownFactor checks the posted second step against the person's own, which then counts as proof. It
// returns what is wrong, by field and in the reader's words, nil for nothing, and the status of the
// page that says so.
func (s *server) ownFactor(r *request) (wrong map[string]string, status int, err error) {
	try := store.TryBy(store.TryFactor, r.user.ID)
	wait, err := r.guess(try)
	if err != nil {
		return nil, 0, err
	}
	proof, err := s.postedProof(r)
	if err != nil {
		return nil, 0, err
	}
	field := map[store.Factor]string{store.FactorApp: proofApp, store.FactorPasskey: proofPasskey}[proof.Factor]
	if wait > 0 {
		return map[string]string{field: r.text().Login.TooMany(minutes(wait))}, http.StatusTooManyRequests, nil
	}
	err = s.Store.ProveByFactor(r.ctx(), r.actor(), r.token, proof)
	if errors.Is(err, store.ErrFactor) {
		return map[string]string{field: r.wrongFactor(proof.Factor)}, http.StatusUnprocessableEntity, nil
	}
	return nil, 0, errors.Join(err, r.wasRight(try))
}

// postedProof reads which second step was posted. A passkey that does not verify is the use of none.
func (s *server) postedProof(r *request) (store.Proof, error) {
	if code := r.posted(proofApp); code != "" {
		return store.Proof{Factor: store.FactorApp, Code: code}, nil
	}
	f, err := s.Store.Factors(r.ctx(), r.user.ID)
	if err != nil {
		return store.Proof{}, err
	}
	proof := store.Proof{Factor: store.FactorPasskey}
	if asked, ok := s.challenges.take(forProof, r.sessionKey()); ok && s.passkeys != nil {
		if u, err := used(s.passkeys, holder{handle: f.Handle, passkeys: f.Passkeys}, asked, r.posted(proofPasskey)); err == nil {
			proof.Passkey = u
		}
	}
	return proof, nil
}
