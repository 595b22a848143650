package handlers

import (
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"breakwater/store"
)

// guess counts a try at a secret before it is looked at. Where somebody must wait it says so in the
// answer's header and returns how long; then nothing is looked at and the answer is 429.
func (r *request) guess(tries ...store.Try) (wait time.Duration, err error) {
	wait, err = r.s.Store.TakeTry(r.ctx(), tries...)
	if wait > 0 {
		r.retryAfter(wait)
	}
	return wait, err
}

// wasRight takes a try back that was not wrong.
func (r *request) wasRight(tries ...store.Try) error { return r.s.Store.GiveBack(r.ctx(), tries...) }

// wrongLink counts a link that was looked at and is none of ours, or no longer. It returns an error
// once somebody has shown too many; a link that is good is never made to wait.
func (r *request) wrongLink() error {
	wait := r.s.Store.WrongTry(r.ctx(), store.TryBy(store.TryLink, network(r.RealIP())))
	if wait == 0 {
		return nil
	}
	r.retryAfter(wait)
	return errTooMany
}

// retryAfter says when to come again, in whole seconds (RFC 9110, 10.2.3).
func (r *request) retryAfter(wait time.Duration) {
	r.Response().Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
}

// minutes is a wait as people are told it.
func minutes(wait time.Duration) int { return int((wait + time.Minute - 1) / time.Minute) }

// network is an address as tries are counted: of IPv6, the half that a provider gives a customer.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	half, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return half.String()
}

// The cookie by which a browser is known in which people have signed in. It opens nothing: it only
// keeps strangers' wrong tries from being counted against them.
const deviceCookie = "breakwater_device"

// device returns the token of the browser's cookie, or nil. Two cookies of the name are none.
func (r *request) device() *store.DeviceToken {
	cookies := r.Request().CookiesNamed(cookieName(deviceCookie, r.s.sessions.secure))
	if len(cookies) != 1 {
		return nil
	}
	token, ok := decodeToken(cookies[0].Value)
	if !ok {
		return nil
	}
	device := store.DeviceToken(token)
	return &device
}

// knowDevice makes the browser known for somebody who has just proven who they are. It is best
// effort: without it they are only treated like a stranger the next time.
func (r *request) knowDevice(userID string) {
	known := r.device()
	token, err := r.s.Store.KnowDevice(r.ctx(), userID, known)
	if err != nil {
		r.s.Log.Warn("a device could not be noted", "request", requestID(r.Context), "user", userID, "error", err.Error())
		return
	}
	r.SetCookie(&http.Cookie{Name: cookieName(deviceCookie, r.s.sessions.secure), Value: encodeToken(store.SessionToken(token)), Path: "/",
		MaxAge: int(store.DeviceLife / time.Second), Secure: r.s.sessions.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
