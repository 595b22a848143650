package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"breakwater/store"
	"breakwater/store/storetest"
)

func save(s *store.Store, change func(*store.OceanChange)) error {
	var c store.OceanChange
	change(&c)
	return s.SaveOceanSettings(ctx, storetest.Admin, c)
}

// fieldErrors are the fields and reasons in a joined error.
func fieldErrors(err error) (list []string) {
	var all interface{ Unwrap() []error }
	if errors.As(err, &all) {
		for _, e := range all.Unwrap() {
			var f *store.FieldError
			if errors.As(e, &f) && f.Text != "" {
				list = append(list, f.Field+" "+string(f.Reason))
			}
		}
	}
	return list
}

func TestWrongSettingsAreAllNamedAndNothingIsSaved(t *testing.T) {
	s, dir, _ := at(t)
	db := raw(t, dir)
	before := dump(t, db)
	err := save(s, func(c *store.OceanChange) {
		c.SiteNumber, c.Host, c.ClientID, c.ClientSecret = new("12a4"), new("http://ocean.example"), new(strings.Repeat("x", 1001)), new("a\nb")
	})
	if got, want := fieldErrors(err), []string{"site_number site_number", "host host", "client_id too_long", "client_secret too_long"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, site := range []string{"123", "12345678", "12 34", "-1234", "１２３４", "1234\x00", "0x12"} {
		err := save(s, func(c *store.OceanChange) { c.SiteNumber, c.ClientID = &site, new("good") })
		if got := fieldErrors(err); len(got) != 1 || got[0] != "site_number site_number" {
			t.Errorf("Site Number %q: %q", site, got)
		}
	}
	if err := save(s, func(c *store.OceanChange) { c.ClientSecret = new("a hidden thing\x07") }); err == nil || strings.Contains(err.Error(), "hidden") {
		t.Errorf("the error shows the secret: %v", err)
	}
	if after := dump(t, db); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	for _, site := range []string{"1234", " 1234567\n", "0001"} {
		if err := save(s, func(c *store.OceanChange) { c.SiteNumber = &site }); err != nil {
			t.Errorf("Site Number %q: %v", site, err)
		}
		if o, err := s.OceanSettings(ctx); err != nil || o.SiteNumber != strings.TrimSpace(site) {
			t.Errorf("%+v, %v", o, err)
		}
	}
}

func TestOceanHostRules(t *testing.T) {
	const no = ""
	for _, c := range []struct{ host, strict, loopback string }{
		{"https://ocean.example", "https://ocean.example", "https://ocean.example"},
		{" https://Ocean.EXAMPLE/ ", "https://ocean.example", "https://ocean.example"},
		{"HTTPS://ocean.example", "https://ocean.example", "https://ocean.example"},
		{"https://ocean.example:8443", "https://ocean.example:8443", "https://ocean.example:8443"},
		{"https://127.0.0.1", "https://127.0.0.1", "https://127.0.0.1"},
		{"http://127.0.0.1:9000", no, "http://127.0.0.1:9000"}, {"http://[::1]:9000/", no, no}, {"http://127.0.0.2:9000", no, no},
		{"http://ocean.example", no, no}, {"http://localhost:9000", no, no}, {"http://192.168.1.1", no, no}, {"http://0.0.0.0", no, no},
		{"http://127.0.0.1.evil.example", no, no}, {"http://127.0.0.1@evil.example", no, no}, {"http://[::ffff:10.0.0.1]", no, no},
		{"https://ada:pass@ocean.example", no, no}, {"https://ada@ocean.example", no, no}, {"https://@ocean.example", no, no},
		{"https://ocean.example/path", no, no}, {"https://ocean.example//", no, no}, {"https://ocean.example/%2e", no, no},
		{"https://ocean.example?x=1", no, no}, {"https://ocean.example#x", no, no}, {"https://ocean.example\\@evil.example", no, no},
		{"https://ocean.example:port", no, no}, {"https://ocean example", no, no}, {"https://ocean.example\r\nHost: x", no, no},
		{"", no, no}, {"/", no, no}, {"https://", no, no}, {"https:///", no, no}, {"https://:443", no, no}, {"ocean.example", no, no},
		{"//ocean.example", no, no}, {"ftp://ocean.example", no, no}, {"file:///etc/passwd", no, no}, {"javascript:alert(1)", no, no},
		{"https:ocean.example", no, no}, {"unix:///run/x", no, no},
	} {
		for _, loopback := range []bool{false, true} {
			want := c.strict
			if loopback {
				want = c.loopback
			}
			s := shared(t)
			before, _ := s.OceanSettings(ctx)
			err := save(s, func(ch *store.OceanChange) { ch.Host, ch.AllowLoopback = &c.host, loopback })
			o, _ := s.OceanSettings(ctx)
			switch {
			case want == no && (err == nil || o.Host != before.Host || !slices.Equal(fieldErrors(err), []string{"host host"})):
				t.Errorf("%q, loopback %v: taken as %q, %v", c.host, loopback, o.Host, err)
			case want != no && (err != nil || o.Host != want):
				t.Errorf("%q, loopback %v: %q, %v; want %q", c.host, loopback, o.Host, err, want)
			}
		}
	}
}

var sharedStores = map[testing.TB]*store.Store{}

// shared is one store for a whole test.
func shared(t testing.TB) *store.Store {
	if sharedStores[t] == nil {
		sharedStores[t] = storetest.Open(t)
		t.Cleanup(func() { delete(sharedStores, t) })
	}
	return sharedStores[t]
}

func TestWhatIsNotNamedStaysAndBlankRemoves(t *testing.T) {
	const secret = "Zebra-Lamp-7421-secret"
	s, dir, _ := at(t)
	if o, err := s.OceanSettings(ctx); err != nil || o.Host != store.DefaultOceanHost || o.SiteNumber != "" || o.HasClientSecret {
		t.Errorf("a new store: %+v, %v", o, err)
	}
	for i, c := range []struct {
		change func(*store.OceanChange)
		want   store.OceanSettings
		audit  string // "" for no entry
	}{
		{func(c *store.OceanChange) {
			c.SiteNumber, c.ClientID, c.ClientSecret = new("4321"), new(" id-1 "), new(" "+secret+"\n")
		},
			store.OceanSettings{SiteNumber: "4321", Host: store.DefaultOceanHost, ClientID: "id-1", HasClientSecret: true},
			`ocean.settings_changed {"client_id":{"from":"","to":"id-1"},"client_secret":"set","site_number":{"from":"","to":"4321"}}`},
		{func(c *store.OceanChange) {}, store.OceanSettings{SiteNumber: "4321", Host: store.DefaultOceanHost, ClientID: "id-1", HasClientSecret: true}, ""},
		{func(c *store.OceanChange) { c.SiteNumber, c.Host = new("4321"), new("https://OCEAN.cognisantmd.com/") },
			store.OceanSettings{SiteNumber: "4321", Host: store.DefaultOceanHost, ClientID: "id-1", HasClientSecret: true}, ""},
		{func(c *store.OceanChange) { c.ClientID = new("id-2") },
			store.OceanSettings{SiteNumber: "4321", Host: store.DefaultOceanHost, ClientID: "id-2", HasClientSecret: true},
			`ocean.settings_changed {"client_id":{"from":"id-1","to":"id-2"}}`},
		{func(c *store.OceanChange) { c.Host = new("https://other.example") }, // drops the secret
			store.OceanSettings{SiteNumber: "4321", Host: "https://other.example", ClientID: "id-2"},
			`ocean.settings_changed {"client_secret":"removed","host":{"from":"https://ocean.cognisantmd.com","to":"https://other.example"}}`},
		{func(c *store.OceanChange) { c.Host, c.ClientSecret = new("https://third.example"), new(secret+"2") }, // brings its own
			store.OceanSettings{SiteNumber: "4321", Host: "https://third.example", ClientID: "id-2", HasClientSecret: true},
			`ocean.settings_changed {"client_secret":"set","host":{"from":"https://other.example","to":"https://third.example"}}`},
		{func(c *store.OceanChange) { c.Host, c.ClientSecret = new("https://third.example:8443"), new("") },
			store.OceanSettings{SiteNumber: "4321", Host: "https://third.example:8443", ClientID: "id-2"},
			`ocean.settings_changed {"client_secret":"removed","host":{"from":"https://third.example","to":"https://third.example:8443"}}`},
		{func(c *store.OceanChange) { c.ClientSecret = new("") },
			store.OceanSettings{SiteNumber: "4321", Host: "https://third.example:8443", ClientID: "id-2"}, ""},
		{func(c *store.OceanChange) { c.ClientSecret = new(secret + "3") },
			store.OceanSettings{SiteNumber: "4321", Host: "https://third.example:8443", ClientID: "id-2", HasClientSecret: true},
			`ocean.settings_changed {"client_secret":"set"}`},
		{func(c *store.OceanChange) { c.SiteNumber, c.ClientID, c.ClientSecret = new(""), new(""), new("  ") },
			store.OceanSettings{Host: "https://third.example:8443"},
			`ocean.settings_changed {"client_id":{"from":"id-2","to":""},"client_secret":"removed","site_number":{"from":"4321","to":""}}`},
	} {
		from := status(t, s).AuditEntries + 1
		if err := save(s, c.change); err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		o, err := s.OceanSettings(ctx)
		if o.HasClientSecret == o.SecretSetAt.IsZero() {
			t.Errorf("change %d: a secret set at %s", i, o.SecretSetAt)
		}
		if o.SecretSetAt, o.SecretSetBy = c.want.SecretSetAt, c.want.SecretSetBy; err != nil || o != c.want {
			t.Errorf("change %d: %+v, %v; want %+v", i, o, err, c.want)
		}
		if got := strings.Join(auditDetails(t, s, from), "\n"); got != c.audit {
			t.Errorf("change %d: audited %s, want %s", i, got, c.audit)
		}
		nowhere(t, dir, "id-1", map[string]string{"the client secret": secret})
	}
}
