package views

// heldBackEN and those after it are what the audit log says of failures that came too often for an
// entry each.
func heldBackEN(what string, n int) string {
	return "“" + what + "”: " + count(n, "time", "times") + " more within an hour, too often for an entry each"
}

func wrongKeysEN(n int) string {
	return count(n, "call", "calls") + " within an hour with a key that is none of ours"
}

func retiredKeysEN(n int) string {
	return count(n, "call", "calls") + " within an hour with a key that was retired"
}

func fromAddressesEN(n int) string {
	return "They came from " + count(n, "network address", "network addresses") + " or more"
}

var strengthEN = StrengthText{
	Short:   func(n int) string { return "Too short: " + count(n, "more character", "more characters") },
	Long:    func(n int) string { return "Too long by " + count(n, "character", "characters") },
	Guessed: "Easily guessed",
	Common:  "Others would try it among the first.",
	Own:     "It is little more than a name: yours, the clinic’s or Breakwater’s.",
	Good:    "Good",
	Strong:  "Strong",
}

func deniedMoreEN(n int, first, last string) string {
	return "This stands for " + count(n, "time", "times") + " more, from " + first + " to " + last
}
