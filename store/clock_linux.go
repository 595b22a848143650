package store

import "syscall"

// ClockSynced reports whether the machine says that its clock is kept right from outside, by NTP for
// instance; known is false where it does not say.
func ClockSynced() (synced, known bool) {
	const unsynced, wrong = 0x0040, 5 // STA_UNSYNC, TIME_ERROR: adjtimex(2)
	var t syscall.Timex
	state, err := syscall.Adjtimex(&t)
	if err != nil {
		return false, false
	}
	return t.Status&unsynced == 0 && state != wrong, true
}
