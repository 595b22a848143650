package views

// What the audit log says of failures that came too often for an entry each.

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
