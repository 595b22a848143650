package views

var listsFR = ListsText{
	Folders:          "Dossiers",
	Places:           "À faire",
	OfReceived:       "Reçus\u00a0:",
	EveryFolder:      "Tous les dossiers",
	NeedsReview:      "À examiner",
	Overdue:          "En retard",
	Mine:             "Mes aiguillages",
	ToReview:         "À examiner par moi",
	Oldest:           func(days int) string { return "le plus ancien\u00a0: " + countFR(days, "jour", "jours") },
	DaysIn:           func(days int, folder string) string { return countFR(days, "jour", "jours") + " dans " + folder },
	AssignedTo:       func(who string) string { return "Attribué à " + who },
	Somebody:         "quelqu’un qui n’est plus ici",
	EmptyTitle:       "Aucun aiguillage ici",
	EmptyText:        "Aucun ne correspond à ce dossier et à ce que le filtre demande.",
	ShowSide:         "Afficher tous les dossiers",
	ReviewEmptyTitle: "Rien à examiner",
	ReviewEmptyText: "Quand une réponse ou une modification arrive d’Ocean, l’aiguillage paraît ici jusqu’à ce que quelqu’un " +
		"appuie sur «\u00a0Examiné\u00a0».",
	LateEmptyTitle: "Rien n’est en retard",
	LateEmptyText: func(days int) string {
		return "Aucun aiguillage n’attend depuis " + countFR(days, "jour", "jours") + " ou plus dans un dossier ouvert."
	},
	Filter:      "Filtrer et trier",
	Service:     "Service",
	AnyService:  "Tous les services",
	Person:      "Attribué à",
	Anybody:     "N’importe qui",
	Myself:      "Moi",
	From:        "Du (AAAA-MM-JJ)",
	Until:       "Au (AAAA-MM-JJ)",
	UrgentFirst: "Urgents d’abord",
	Show:        "Afficher",
	Clear:       "Effacer le filtre",

	New:     func(n int) string { return newsFR(n, "nouvel aiguillage", "nouveaux aiguillages") },
	Changed: func(n int) string { return newsFR(n, "aiguillage modifié", "aiguillages modifiés") },
	NewAndChanged: func(arrived, changed int) string {
		return newsFR(arrived, "nouvel aiguillage", "nouveaux aiguillages") + ", " + newsFR(changed, "modifié", "modifiés")
	},
	ShowNews: "Afficher",

	Latest:      func(what string) string { return "Dernière nouvelle\u00a0: " + what },
	ReviewWhy:   "Quelque chose est arrivé ou a changé depuis que quelqu’un a appuyé sur «\u00a0Examiné\u00a0».",
	ReviewAsked: "Une personne de la clinique vous a demandé d’examiner cet aiguillage.",
	Reviewed:    "Examiné",

	ClinicTitle:  "Paramètres > Clinique",
	ClinicLead:   "Ce que cette clinique a convenu pour son travail.",
	OverdueTitle: "Aiguillages en retard",
	OverdueWhy:   "Un aiguillage qui attend plus longtemps se trouve sous «\u00a0En retard\u00a0» et porte une marque dans toutes les listes.",
	OverdueDays:  "Nombre de jours avant qu’un aiguillage soit en retard",
	OverdueHint: "De 1 à 90. Le délai court tant que l’aiguillage est dans «\u00a0Nouveau\u00a0» ou dans un dossier «\u00a0En " +
		"attente\u00a0».",
	OverdueWrong: func(typed string) string {
		if typed == "" {
			return "Saisissez un nombre de jours de 1 à 90."
		}
		return "Saisissez un nombre de jours de 1 à 90. Vous avez saisi " + typed + "."
	},
	SaveClinic:  "Enregistrer les paramètres de la clinique",
	ClinicSaved: "Les paramètres de la clinique sont enregistrés.",
	OverdueChanged: func(from, to string) string {
		return changedFR("Délai avant qu’un aiguillage soit en retard", from, to)
	},
}

// newsFR counts news, which nobody counts beyond what fits a glance.
func newsFR(n int, one, many string) string {
	if n < 2 {
		return countFR(n, one, many)
	}
	return bounded(n) + "\u00a0" + many
}
