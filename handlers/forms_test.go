package handlers

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

// pages of other sites post with these headers.
var foreign = map[string][]string{
	"another site":               {"Sec-Fetch-Site", "cross-site"},
	"another site, foreign":      {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
	"a sister site":              {"Sec-Fetch-Site", "same-site", "Origin", "http://other.clinic.example"},
	"an unknown relation":        {"Sec-Fetch-Site", "canary"},
	"a foreign origin":           {"Origin", "https://evil.example"},
	"no origin to speak of":      {"Origin", "null"},
	"null and another site":      {"Origin", "null", "Sec-Fetch-Site", "cross-site"},
	"an empty origin":            {"Origin", " ", "Sec-Fetch-Site", "cross-site"},
	"our name, another scheme":   {"Origin", "https://clinic.example", "Sec-Fetch-Site", "cross-site"},
	"our name, another port":     {"Origin", "http://clinic.example:8080"},
	"our name as their start":    {"Origin", "http://clinic.example.evil.example"},
	"our name as a user":         {"Origin", "http://clinic.example@evil.example"},
	"our name under theirs":      {"Origin", "http://evil.example/clinic.example"},
	"another, with our referrer": {"Origin", "https://evil.example", "Referer", baseURL + "/account"},
	"an htmx request":            {"Origin", "https://evil.example", htmxHeader, "true"},
}

// pages of our own, and whatever is no browser, post with these.
var ours = map[string][]string{
	"same origin":               {"Sec-Fetch-Site", "same-origin", "Origin", baseURL},
	"same origin, none named":   {"Sec-Fetch-Site", "same-origin"},
	"typed by the person":       {"Sec-Fetch-Site", "none"},
	"an older browser":          {"Origin", baseURL},
	"no header at all":          {},
	"behind a proxy":            {"Origin", baseURL, "X-Rewritten-Host", "inside:8080"},
	"behind a proxy, cross":     {"Origin", baseURL, "Sec-Fetch-Site", "cross-site", "X-Rewritten-Host", "inside:8080"},
	"a referrer from elsewhere": {"Referer", "https://evil.example/"},
}

func (v *visitor) postFrom(target string, headers []string) answer {
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "X-Rewritten-Host" {
			target = "http://" + headers[i+1] + target
		}
	}
	return v.do(post, target, fields("name", "Changed", "theme", "dark"), headers...)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := newSite(t)
	s.person("ada@clinic.example", store.Permissions()...)
	for _, r := range table() {
		if r.method != post || r.path == bundlesPath {
			continue
		}
		target := addressOfRoute(r, "x")
		for name, headers := range foreign {
			v := s.signIn("ada@clinic.example")
			a := v.postFrom(target, headers)
			if a.Code != 403 || a.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s, from %s: status %d", target, name, a.Code)
			}
			s.visitor().postFrom(target, headers).wants(t, 403)
			v.get("/account").wants(t, 200).hides(t, "Changed")
		}
		for name, headers := range ours {
			v := s.signIn("ada@clinic.example")
			if a := v.postFrom(target, headers); a.Code == 403 {
				t.Errorf("%s, from %s: status %d", target, name, a.Code)
			}
			v.post("/account", "name", "Ada")
		}
	}
}

func TestPagesMayBeOpenedFromOtherSites(t *testing.T) {
	v := newSite(t).person("ada@clinic.example", store.ViewReferrals)
	for name, headers := range foreign { // a link in an e-mail program on the web
		if a := v.get("/account", headers...); a.Code != 200 {
			t.Errorf("from %s: status %d", name, a.Code)
		}
	}
}

func TestTheOriginIsTheBaseURLs(t *testing.T) {
	s := newSite(t, func(c *Config) { c.BaseURL.Scheme = "https" })
	s.visitor().do(post, "/login", nil, "Origin", "https://clinic.example", "Sec-Fetch-Site", "cross-site").wants(t, 401)
	s.visitor().do(post, "/login", nil, "Origin", "http://clinic.example", "Sec-Fetch-Site", "cross-site").wants(t, 403)
}

func TestFieldsInTheAddressDoNotCount(t *testing.T) {
	s := newSite(t)
	storetest.AddUser(t, s.store, "ada@clinic.example", store.ViewReferrals)
	in := "?" + fields("email", "ada@clinic.example", "password", storetest.Password).Encode()
	s.visitor().do(post, "/login"+in, fields()).wants(t, 401)
	s.visitor().do(post, "/login"+in, nil).wants(t, 401)
	s.visitor().do(get, "/login"+in, fields("email", "ada@clinic.example", "password", storetest.Password)).wants(t, 200)

	v := s.signIn("ada@clinic.example")
	v.do(post, "/referrals/search?q=canary", fields("q", "typed")).wants(t, 200).shows(t, "typed").hides(t, "canary")
	v.do(post, "/account?name=canary&theme=dark", fields("name", "Ada")).wants(t, 303)
	v.get("/account?name=canary").wants(t, 200).shows(t, `value="Ada"`).hides(t, "canary", "data-theme")
}

func TestFormsAreBounded(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example", store.ViewReferrals)
	v.post("/account", "name", "Ada Lovelace", "theme", "dark").leadsTo(t, "/account?saved=profile")
	for name, headers := range map[string][]string{"plain": {}, "htmx": {htmxHeader, "true"}} {
		form := url.Values{"name": {"Ada Other"}, "theme": {"light"}, "more": {strings.Repeat("x", maxForm)}}
		v.do(post, "/account", form, headers...).wants(t, 413)
		v.do(post, "/referrals/search", url.Values{"q": {strings.Repeat("x", maxForm)}}, headers...).wants(t, 413)
		if a := s.visitor().do(post, "/login", form, headers...); a.Code != 413 {
			t.Errorf("%s: status %d", name, a.Code)
		}
	}
	v.get("/account").shows(t, "Ada Lovelace", `data-theme="dark"`)
	v.post("/referrals/search", "q", strings.Repeat("x", maxForm-100)).wants(t, 200)
}

func TestAFormThatCannotBeReadChangesNothing(t *testing.T) {
	s := newSite(t)
	v := s.person("ada@clinic.example")
	v.post("/account", "name", "Ada Lovelace", "theme", "dark")
	for _, body := range []string{"name=%zz&theme=dark", "name=Ada%", "name=A;theme=dark"} {
		v.send(post, "/account", strings.NewReader(body)).wants(t, 400)
	}
	v.send(post, "/account", torn{strings.NewReader("name=Ad")}).wants(t, 400)
	v.get("/account").shows(t, "Ada Lovelace", `data-theme="dark"`)
}

func TestAFormInPartsIsReadToo(t *testing.T) {
	v := newSite(t).person("ada@clinic.example")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("name", "Ada Lovelace")
	w.WriteField("theme", "dark")
	w.Close()
	v.send(post, "/account", &body, "Content-Type", w.FormDataContentType()).leadsTo(t, "/account?saved=profile")
	v.get("/account").shows(t, "Ada Lovelace", `data-theme="dark"`)
}
