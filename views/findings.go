package views

import (
	"strconv"
	"strings"
	"time"

	"breakwater/store"

	"github.com/dustin/go-humanize"
)

// CheckID is what is looked at to know whether Breakwater is well.
type CheckID string

// What is looked at, in the order in which people read it.
const (
	CheckConfiguration CheckID = "configuration"
	CheckService       CheckID = "service" // whether serve runs
	CheckFolder        CheckID = "folder"  // who may read the data folder and the key
	CheckKey           CheckID = "key"
	CheckDisk          CheckID = "disk"
	CheckDatabase      CheckID = "database"
	CheckAudit         CheckID = "audit"
	CheckClock         CheckID = "clock"
	CheckBackup        CheckID = "backup"
	CheckCertificate   CheckID = "certificate"
	CheckAddress       CheckID = "address" // what people and Ocean use, against what is listened on
	CheckOcean         CheckID = "ocean"
	CheckMail          CheckID = "mail"
)

// Level says how much a finding asks of the reader.
type Level string

// The levels of findings.
const (
	LevelFine     Level = "fine"
	LevelOptional Level = "optional" // nothing is wrong; there is something that a person may want
	LevelWarning  Level = "warning"  // a person had better do something
	LevelFault    Level = "fault"    // Breakwater does not do its work, or soon will not
)

// Finding is what a check has come to. Its code names the words for it, its other fields what stands in
// them.
type Finding struct {
	Check CheckID
	Level Level
	Code  string // a key of SystemText.Found
	Free  uint64 // bytes of disk
	Floor uint64
	When  time.Time
	Age   time.Duration // since then, where the words say it too
	Name  string        // a path, an address, or what else the words name; in English where it comes from an error
	Count int
	Cause Explained // said after the words, where another catalogue has them
}

// Fine is a finding of which there is nothing more to say than that all is well.
func Fine(check CheckID) Finding { return Finding{Check: check, Level: LevelFine, Code: string(check)} }

// asks reports whether a person should do something.
func (l Level) asks() bool { return l == LevelWarning || l == LevelFault }

// Worst is the most serious level of some findings; fine where nobody need do anything.
func Worst(list []Finding) Level {
	worst := LevelFine
	for _, f := range list {
		if f.Level == LevelFault || f.Level == LevelWarning && worst == LevelFine {
			worst = f.Level
		}
	}
	return worst
}

// FindingWords says a finding: what is found, and what to do.
func (f Frame) FindingWords(found Finding) Explained {
	words := f.Text.System.Found[found.Code]
	fill := strings.NewReplacer("{free}", f.room(found.Free), "{floor}", f.room(found.Floor), "{when}", f.exact(found.When), "{age}", f.Text.age(found.Age),
		"{name}", found.Name, "{count}", strconv.Itoa(found.Count))
	e := Explained{fill.Replace(words.Title), fill.Replace(words.Text)}
	if found.Cause.Title != "" {
		e.Text += " " + strings.TrimSuffix(found.Cause.Title, ".") + "."
	}
	e.Text = strings.TrimSpace(e.Text + " " + found.Cause.Text)
	return e
}

// age says how long ago something was, in the largest unit that fits.
func (t *Text) age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return t.Time.JustNow
	case d < time.Hour:
		return t.Time.MinutesAgo(int(d / time.Minute))
	case d < 48*time.Hour:
		return t.Time.HoursAgo(int(d / time.Hour))
	}
	return t.Time.DaysAgo(int(d / (24 * time.Hour)))
}

// room writes bytes of disk as people say them, with the units and the decimal sign of the language.
func (f Frame) room(bytes uint64) string {
	text := humanize.IBytes(bytes)
	if f.Lang == "fr" {
		text = strings.NewReplacer(".", ",", " ", "\u00a0", "iB", "io", "B", "o").Replace(text)
	}
	return text
}

func (l Level) tone() string {
	switch l {
	case LevelFine:
		return "done"
	case LevelOptional:
		return "plain"
	case LevelWarning:
		return "waiting"
	}
	return "harm"
}

func (l Level) icon() string {
	switch l {
	case LevelFine:
		return "circle-check"
	case LevelOptional, LevelWarning:
		return "info"
	}
	return "triangle-alert"
}

// SystemPage is Settings > System.
type SystemPage struct {
	Findings  []Finding
	Version   string
	Incidents []store.Incident // the newest first
	Doubted   bool             // the clock is not believed: a person can say that it is right
	Saved     string           // what was just done; "" for nothing
}

// IncidentWords says what is wrong, and what to do.
func (f Frame) IncidentWords(i store.Incident) Explained {
	words, d := f.Text.System.Incidents[i.Kind], i.Detail
	switch {
	case i.Kind == store.IncidentCertificate && d.Until.IsZero():
		words = f.Text.System.NoCertificate
	case i.Kind == store.IncidentBackup && !d.Tried.IsZero():
		words = f.Text.System.UselessBackup
	}
	fill := strings.NewReplacer("{free}", f.room(d.Free), "{floor}", f.room(d.Floor), "{since}", f.exact(d.Since), "{until}", f.exact(d.Until),
		"{hours}", strconv.Itoa(d.Hours), "{opened}", f.exact(i.Opened), "{tried}", f.exact(d.Tried), "{outlet}", f.outlet(d.Outlet))
	e := Explained{fill.Replace(words.Title), fill.Replace(words.Text)}
	switch {
	case i.Kind == store.IncidentDelivery && d.Reason != "":
		e.Text = f.Text.Refusal(d.Reason).Title + ". " + f.Text.Refusal(d.Reason).Text + " " + e.Text
	case i.Kind == store.IncidentOutlet:
		e.Text = lookup(f.Text.Audit.Outside.Faults, d.Outage) + " " + e.Text
	case i.Kind == store.IncidentMail && d.Fault != "":
		e.Text = f.Text.System.MailFaults[d.Fault].Title + ". " + f.Text.System.MailFaults[d.Fault].Text + " " + e.Text
	}
	return e
}
