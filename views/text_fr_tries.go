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
