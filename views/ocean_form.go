package views

import (
	"strconv"
	"strings"

	"breakwater/store"
)

// draft is the id of the key that was generated and is not saved yet, or "".
func (form OceanForm) draft() string {
	for _, k := range form.Keys {
		if !k.Saved() {
			return k.ID
		}
	}
	return ""
}

// savedKeys are the keys that count, newest first.
func (form OceanForm) savedKeys() []store.InboundKey {
	var saved []store.InboundKey
	for _, k := range form.Keys {
		if k.Saved() {
			saved = append(saved, k)
		}
	}
	return saved
}

// older reports whether a key is the older one of two that count: the one to retire.
func (form OceanForm) older(k store.InboundKey) bool {
	saved := form.savedKeys()
	return len(saved) > 1 && saved[len(saved)-1].ID == k.ID
}

// usesNewer reports whether Ocean was seen to use the newer of two keys, and the older one not since.
// Ocean may have two integrations, of which only one was changed.
func (form OceanForm) usesNewer() bool {
	saved := form.savedKeys()
	return saved[0].LastUsedAt.After(saved[len(saved)-1].LastUsedAt)
}

// olderAdvice says whether Ocean still uses the older of two keys. Where it can be retired at once
// the notice beside the button says so instead.
func (form OceanForm) olderAdvice(f Frame, k store.InboundKey) string {
	newer := form.savedKeys()[0]
	switch {
	case form.usesNewer():
		return ""
	case k.LastUsedAt.IsZero():
		return f.Text.Ocean.KeyNotUsed + " " + f.Text.Ocean.KeyOlderText
	case newer.LastUsedAt.IsZero():
		return f.Text.Ocean.KeyUsesOld(f.clock(k.LastUsedAt))
	}
	return f.Text.Ocean.KeyUsesBoth(f.clock(k.LastUsedAt))
}

// unusedAdvice is for a key that counts and that Ocean has not used yet.
func (form OceanForm) unusedAdvice(f Frame, k store.InboundKey) string {
	if form.Values[k.ID] == "" {
		return f.Text.Ocean.KeyNotUsed
	}
	return f.Text.Ocean.KeyNotUsed + " " + f.Text.Ocean.KeyCopyNow
}

// hides reports whether some key that counts is not shown now.
func (form OceanForm) hides() bool {
	for _, k := range form.savedKeys() {
		if form.Values[k.ID] == "" {
			return true
		}
	}
	return false
}

// faulty reports whether a value of the settings themselves was refused.
func (form OceanForm) faulty() bool {
	for _, name := range []string{"site_number", "client_id", "client_secret", "host"} {
		if form.Errors[name] != "" {
			return true
		}
	}
	return false
}

// theirs says what somebody else saved meanwhile in a field, or "".
func (form OceanForm) theirs(f Frame, name string) string {
	for _, c := range form.Conflicts {
		switch {
		case c.Field != name:
		case name == "client_secret":
			return f.Text.Ocean.SecretConflict(c.Theirs)
		default:
			return f.Text.Ocean.Conflict(c.Theirs, c.Yours)
		}
	}
	return ""
}

// secretNote is what stands under the Secret besides its error.
func (form OceanForm) secretNote(f Frame) string {
	if s := form.theirs(f, "client_secret"); s != "" || !form.SecretTyped {
		return s
	}
	return f.Text.Ocean.SecretAgain
}

// secretHint says what a blank field does, which differs once a secret is saved.
func (form OceanForm) secretHint(f Frame) string {
	if form.Seen.HasClientSecret {
		return f.Text.Ocean.SecretHintKeep
	}
	return f.Text.Ocean.SecretHintNew
}

// seenSecret is when the secret was set that the person knows of, as the form carries it along.
func (form OceanForm) seenSecret() string {
	if form.Seen.SecretSetAt.IsZero() {
		return "0"
	}
	return strconv.FormatInt(form.Seen.SecretSetAt.UnixMilli(), 10)
}

// otherHost reports whether the host is neither of Ocean's own.
func (form OceanForm) otherHost() bool {
	return form.Host != "" && form.Host != store.DefaultOceanHost && form.Host != store.TestOceanHost
}

// hostTyped is the address of another host, as typed or as saved.
func (form OceanForm) hostTyped() string {
	if form.HostOther == "" && form.otherHost() && form.Host != "other" {
		return form.Host
	}
	return form.HostOther
}

// hostName is how the folded section says which host is chosen.
func (form OceanForm) hostName(f Frame) string {
	switch {
	case form.otherHost():
		return orElse(form.hostTyped(), f.Text.Ocean.HostOther)
	case form.Host == store.TestOceanHost:
		return f.Text.Ocean.HostTest
	}
	return f.Text.Ocean.HostProduction
}

// openHost reports whether the host is worth a look, so that its section stands open.
func (form OceanForm) openHost(f Frame) bool {
	return form.otherHost() || form.Host == store.TestOceanHost || form.Errors["host"] != "" || form.theirs(f, "host") != ""
}

// portal is the address of a page for administrators in Ocean's portal, or "" before the clinic's
// site is known.
func (form OceanForm) portal(page string) string {
	return portalPage(form.Seen, page)
}

func portalPage(s store.OceanSettings, page string) string {
	if s.SiteNumber == "" {
		return ""
	}
	return portalHome(s) + "?siteNum=" + s.SiteNumber + "#/admin/" + page + "/"
}

// portalHome is where people sign in to Ocean's portal.
func portalHome(s store.OceanSettings) string {
	return orElse(s.Host, store.DefaultOceanHost) + "/ocean/portal.html"
}

// schemeOf is what a URL starts with, such as https://.
func schemeOf(url string) string {
	before, _, found := strings.Cut(url, "://")
	if !found {
		return ""
	}
	return before + "://"
}
