package views

var sessionsFR = SessionsText{
	IdleTitle: "Fermeture automatique des sessions",
	IdleWhy: "Quelqu’un pourrait s’asseoir devant un écran laissé sans surveillance. La session d’une personne inactive se ferme. " +
		"Au bout de 12\u00a0heures, toutes se ferment.",
	IdleLabel: "Minutes d’inactivité avant la fermeture de la session",
	IdleHint:  "De 5 à 60. Le changement vaut aussitôt pour toutes les sessions ouvertes.",
	IdleWrong: func(typed string) string {
		if typed == "" {
			return "Saisissez un nombre de minutes de 5 à 60."
		}
		return "Saisissez un nombre de minutes de 5 à 60. Vous avez saisi " + typed + "."
	},
	IdleChanged: func(from, to string) string {
		return changedFR("Minutes d’inactivité avant la fermeture de la session", from, to)
	},
	SaidEnded: func(n int, whose string) string {
		return countFR(n, "session fermée", "sessions fermées") + " pour " + whose
	},
	SaidClockBack: func(n int) string {
		return "L’horloge de cette machine a reculé\u00a0: " + countFR(n, "session ouverte a été fermée", "sessions ouvertes ont été fermées")
	},
	SaidProven:      "Identité confirmée avec le mot de passe",
	SaidProvenBy:    func(by string) string { return "Identité confirmée\u00a0: " + by },
	SaidProofFailed: "Mot de passe erroné lors d’une confirmation d’identité",
}
