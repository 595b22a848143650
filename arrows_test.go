package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestArrows holds the imports between the rooms to those that the README's map draws.
func TestArrows(t *testing.T) {
	allowed := map[string]string{
		"breakwater":                          "handlers handlers/ocean handlers/ocean/oceantest store",
		"breakwater/handlers":                 "views store static handlers/ocean",
		"breakwater/handlers/ocean":           "store",
		"breakwater/handlers/ocean/oceantest": "handlers/ocean",
		"breakwater/views":                    "store static",
		"breakwater/static":                   "",
		"breakwater/store":                    "store/seal store/auditlog",
		"breakwater/store/seal":               "",
		"breakwater/store/auditlog":           "",
		"breakwater/store/storetest":          "store", // for tests alone: no room imports it
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		room, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		may, known := allowed[room]
		if !known {
			t.Errorf("%s is no room of the house", room)
		}
		for _, i := range strings.Fields(imports) {
			to, ours := strings.CutPrefix(i, "breakwater/")
			if ours && !strings.Contains(" "+may+" ", " "+to+" ") {
				t.Errorf("%s must not import %s", room, i)
			}
			if strings.HasPrefix(i, "github.com/labstack/echo") && room != "breakwater/handlers" {
				t.Errorf("%s imports echo, which stays in handlers", room)
			}
		}
	}
}
