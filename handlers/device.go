package handlers

import (
	"strings"

	"breakwater/store"
)

// named is a word in a browser's description of itself, and what it is called in plain words.
type named struct{ word, name string }

// Browsers and systems in the order in which they are looked for: most call themselves by the names
// of others too. Nothing that a browser says of itself is kept but which of these it is.
var (
	browsers = []named{{"Edg/", "Microsoft Edge"}, {"EdgA/", "Microsoft Edge"}, {"EdgiOS/", "Microsoft Edge"}, {"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Chromium/", "Chrome"}, {"Safari/", "Safari"}}
	systems = []named{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"}}
)

// maxAgent bounds how much of a User-Agent is looked at, in bytes.
const maxAgent = 512

// visit is from where the request comes.
func (r *request) visit() store.Visit {
	agent := r.Request().UserAgent()
	agent = agent[:min(len(agent), maxAgent)]
	return store.Visit{Address: r.RealIP(), Browser: find(browsers, agent), System: find(systems, agent)}
}

func find(list []named, agent string) string {
	for _, n := range list {
		if strings.Contains(agent, n.word) {
			return n.name
		}
	}
	return ""
}
