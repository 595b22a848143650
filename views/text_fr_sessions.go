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
	Title:      "Où votre session est ouverte",
	Why:        "Une session que vous ne connaissez pas\u00a0: fermez-la, puis changez votre mot de passe.",
	TheirTitle: "Où la session de cette personne est ouverte",
	TheirWhy:   "Une session fermée prend fin au prochain clic. Rien de ce qui a été enregistré n’est perdu.",
	None:       "Nulle part en ce moment.",
	Device:     func(browser, system string) string { return browser + " sur " + system },

	UnknownDevice:  "Appareil inconnu",
	UnknownBrowser: "Navigateur inconnu",
	This:           "Celle-ci",
	Started:        "Ouverte",
	Used:           "Dernière utilisation",
	EndOf:          func(device, address string) string { return "Fermer la session\u00a0: " + device + ", " + address },
	OthersText:     "Ferme toutes les sessions sauf celle-ci.",
	AllText:        "Ferme toutes les sessions de cette personne.",
	EndOthers:      "Fermer partout ailleurs",
	EndAll:         "Fermer partout",
	Ended:          "La session y est fermée, dès le prochain clic.",

	ProofTitle: "Confirmez que c’est vous",
	ProofWhy: "Ce que vous allez faire est délicat\u00a0: votre mot de passe est donc demandé de nouveau. La suite reprend avec ce que vous " +
		"avez saisi, et rien ne le redemande pendant 5\u00a0minutes.",
	ProofButton:   "Confirmer et continuer",
	SecretHint:    "Saisissez-le de nouveau\u00a0: les secrets ne passent pas d’une page à l’autre.",
	SecretMissing: "Saisissez-le de nouveau, ou revenez en arrière pour le laisser tel quel.",
	SecretAgain:   "Champ secret",

	WarnTitle: "Toujours là?",
	WarnText: func(clock string) string {
		return "Rien ne s’est passé ici depuis un moment\u00a0: votre session se fermera à " + clock + ". Ce que vous avez saisi reste sur cette page."
	},
	LastTitle: "Votre session se termine bientôt",
	LastText: func(clock string) string {
		return "À " + clock + ", votre session aura duré 12\u00a0heures, le maximum. Enregistrez votre travail et reconnectez-vous."
	},
	Stay:         "Garder la session ouverte",
	Close:        "Continuer",
	OverTitle:    "Votre session est fermée",
	OverText:     "Reconnectez-vous pour continuer. Ce que vous avez saisi sur cette page est conservé pour vous.",
	SignInAgain:  "Se reconnecter",
	KeptText:     "Ce que vous avez saisi est conservé\u00a0: vous le retrouverez une fois votre session ouverte.",
	ResumeTitle:  "Ce que vous avez saisi est toujours là",
	ResumeLead:   "Votre session s’est fermée avant l’envoi. Relisez, puis envoyez ou jetez. Le tout est conservé 30\u00a0minutes, pour vous seulement.",
	HeldForm:     "Un formulaire",
	HeldFile:     "Fichier",
	HeldFileHint: "Les fichiers ne sont pas conservés. Choisissez-le de nouveau s’il devait être joint.",
	Send:         "Envoyer maintenant",
	OpenPage:     "Ouvrir la page",
	Discard:      "Jeter",

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
