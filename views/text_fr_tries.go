package views

func heldBackFR(what string, n int) string {
	return quoteFR(what) + "\u00a0: " + countFR(n, "fois", "fois") + " de plus en une heure, trop souvent pour une entrée chacune"
}

func wrongKeysFR(n int) string {
	return countFR(n, "appel", "appels") + " en une heure avec une clé qui n’est pas l’une des nôtres"
}

func retiredKeysFR(n int) string {
	return countFR(n, "appel", "appels") + " en une heure avec une clé retirée"
}

func fromAddressesFR(n int) string {
	return "Au moins " + countFR(n, "adresse réseau", "adresses réseau") + " d’origine"
}

var strengthFR = StrengthText{
	Short:   func(n int) string { return "Trop court\u00a0: encore " + characters(n) },
	Long:    func(n int) string { return "Trop long de " + characters(n) },
	Guessed: "Facile à deviner",
	Common:  "On l’essaierait parmi les premiers.",
	Own:     "Ce n’est guère plus qu’un nom\u00a0: le vôtre, celui de la clinique ou celui de Breakwater.",
	Good:    "Bon",
	Strong:  "Très bon",
}

func deniedMoreFR(n int, first, last string) string {
	return "Cette entrée vaut pour " + countFR(n, "fois", "fois") + " de plus, du " + first + " au " + last
}
