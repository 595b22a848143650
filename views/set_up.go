package views

import "strings"

// What people enter in Ocean's portal beside the values of this clinic. The names are those of the
// CHR's help article, so that both read alike.
const (
	integrationName  = "CHR Integration"
	credentialsName  = "CHR OAuth credentials"
	integrationType  = "eReferrals"
	signUpForm       = "https://ehealthce.ca/Ontario-eServices-Program.htm"
	setUpAction      = "/settings/referral/setup"
	oceanSettingsURL = "/settings/referral/ocean"
)

// done reports whether nothing is left to do about a step.
func (s SetupStep) done() bool { return s.State == StepProven || s.State == StepTold }

// savedHere reports whether the console itself knows that a step was taken, though not yet that it
// was taken right: nobody ticked it.
func (s SetupStep) savedHere() bool { return s.State == StepTold && !s.Ticked }

// doneSteps counts the steps that are done.
func (p SetupPage) doneSteps() (n int) {
	for _, s := range p.Steps {
		if s.done() {
			n++
		}
	}
	return n
}

// next is the first step that was never done, or "". One that fails is told apart from it.
func (p SetupPage) next() string {
	for _, s := range p.Steps {
		if s.State == StepNotYet {
			return s.ID
		}
	}
	return ""
}

// open reports whether a step stands unfolded: the next one, one that fails, and one where
// something was seen to be wrong.
func (p SetupPage) open(s SetupStep) bool {
	return s.ID == p.next() || s.State == StepFailing || len(s.Mistakes) > 0
}

// stepIs is how a step's state is shown: the tone and the icon of its chip, and its word.
type stepIs struct{ tone, icon, word string }

// stepIs tells the state of a step. Green is only for what is proven: what somebody ticked is as
// good as their word.
func (f Frame) stepIs(p SetupPage, s SetupStep) stepIs {
	words := f.Text.Steps
	switch {
	case s.State == StepProven:
		return stepIs{"done", "circle-check", words.Proven}
	case s.savedHere():
		return stepIs{"plain", "check", words.Saved}
	case s.State == StepTold:
		return stepIs{"plain", "check", words.Told}
	case s.State == StepFailing:
		return stepIs{"harm", "triangle-alert", words.Failing}
	case s.ID == p.next():
		return stepIs{"fresh", "chevron-right", words.Next}
	}
	return stepIs{"plain", "circle", words.NotYet}
}

// mistakeKind keeps red for what has stopped working.
func mistakeKind(s SetupStep, m Mistake) NoticeKind {
	switch {
	case s.State == StepFailing || m == MistakeRefused:
		return NoticeProblem
	case m == MistakeUnverified:
		return NoticeInfo
	}
	return NoticeWaiting
}

// lines are the instructions of a text that has one on each line.
func lines(text string) []string { return strings.Split(text, "\n") }
