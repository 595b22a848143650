package oceantest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"breakwater/handlers/ocean/oceantest"
)

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

const (
	tokenPath  = "/svc/oauth2/token"
	namingPath = "/svc/fhir/v1/NamingSystem/id-site-number"
	formType   = "application/x-www-form-urlencoded"
)

func TestTokens(t *testing.T) {
	good := basic("simulated-client", "simulated-secret")
	for name, c := range map[string]struct {
		path, body, authorization string
		status                    int
		errorCode                 string
	}{
		"basic, grant in the query":  {tokenPath + "?grant_type=client_credentials", "", good, 200, ""},
		"basic, grant in the form":   {tokenPath, "grant_type=client_credentials", good, 200, ""},
		"form fields":                {tokenPath, "grant_type=client_credentials&client_id=simulated-client&client_secret=simulated-secret", "", 200, ""},
		"basic, encoded":             {tokenPath, "grant_type=client_credentials", basic("simulated%2Dclient", "simulated%2Dsecret"), 200, ""},
		"wrong secret":               {tokenPath, "grant_type=client_credentials", basic("simulated-client", "guess"), 401, "invalid_client"},
		"nobody":                     {tokenPath, "grant_type=client_credentials", "", 401, "invalid_client"},
		"no grant":                   {tokenPath, "", good, 400, "unsupported_grant_type"},
		"secret in the query, which": {tokenPath + "?grant_type=client_credentials&client_id=simulated-client&client_secret=simulated-secret", "", "", 401, "invalid_client"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			headers := []string{"Content-Type", formType}
			if c.authorization != "" {
				headers = append(headers, "Authorization", c.authorization)
			}
			a := w.ask("POST", c.path, c.body, headers...).wants(t, c.status)
			checkToken(t, a.body, c.errorCode)
			if call := w.Calls()[0]; call.Query != "" || call.Status != c.status || call.Bearer {
				t.Errorf("call %+v", call)
			}
		})
	}
}

// checkToken reads a token answer; errorCode is what it should say instead of giving one.
func checkToken(t *testing.T, body []byte, errorCode string) {
	t.Helper()
	var got struct {
		Token string `json:"access_token"`
		Type  string `json:"token_type"`
		Life  int    `json:"expires_in"`
		Error string
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if got.Error != errorCode || errorCode == "" && (got.Token == "" || got.Type != "bearer" || got.Life != 3600) {
		t.Errorf("got %s", body)
	}
}

func TestBearer(t *testing.T) {
	w := newWorld(t)
	ask := func(token string) int {
		return w.ask("GET", namingPath, "", "Authorization", token).status
	}
	token := "bearer " + w.token()
	if got := w.ask("GET", namingPath, "", "Authorization", token).wants(t, 200); !strings.Contains(string(got.body), `"NamingSystem"`) {
		t.Errorf("got %s", got.body)
	}
	if ask("") != 401 || ask("Bearer x") != 401 || ask("Basic "+token[7:]) != 401 {
		t.Error("a call without a valid token was answered")
	}
	for what, spoil := range map[string]func(){
		"expired by the clock": func() { w.clock.forward(time.Hour) },
		"expired at once":      w.ExpireTokens,
		"refused":              func() { w.SetFaults(oceantest.Faults{RefuseTokens: true}) },
	} {
		w.SetFaults(oceantest.Faults{})
		token = "Bearer " + w.token()
		if ask(token) != 200 {
			t.Errorf("a fresh token is refused before it is %s", what)
		}
		if spoil(); ask(token) != 401 {
			t.Errorf("a token that is %s works", what)
		}
	}
	calls := w.Calls()
	if last := calls[len(calls)-1]; last.Bearer || last.Path != namingPath || last.Method != "GET" || last.Status != 401 {
		t.Errorf("call %+v", last)
	}
	if !slices.ContainsFunc(calls, func(c oceantest.Call) bool { return c.Bearer && c.Status == 200 }) {
		t.Error("no call with a valid token was noted")
	}
}

func TestFaults(t *testing.T) {
	w := newWorld(t)
	w.SetFaults(oceantest.Faults{Outage: true})
	w.ask("POST", tokenPath, "").wants(t, 503)
	if w.do(oceantest.ActNew); len(w.clinic.received()) != 0 {
		t.Error("an Ocean that is down delivered")
	}
	w.SetFaults(oceantest.Faults{RefuseCredentials: true})
	w.ask("POST", tokenPath, "grant_type=client_credentials", "Content-Type", formType, "Authorization", basic("simulated-client", "simulated-secret")).wants(t, 401)
	w.SetFaults(oceantest.Faults{Slow: true})
	got := make(chan int)
	go func() { got <- w.ask("GET", "/svc/none", "").status }()
	for len(w.Calls()) < 3 {
		time.Sleep(time.Millisecond)
	}
	select {
	case <-got:
		t.Error("a slow call was answered at once")
	case <-time.After(30 * time.Millisecond):
	}
	w.SetFaults(oceantest.Faults{})
	if status := <-got; status != http.StatusNotFound {
		t.Errorf("a slow call got %d once it was let go", status)
	}
	if d := w.deliveries(); d[0].State != oceantest.Delivered {
		t.Errorf("after the outage: %+v", d[0])
	}
}
