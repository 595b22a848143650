package views

import "strings"

var teamFR = TeamText{
	Title:       "Qui s’en occupe",
	AssignedTo:  "Attribué à",
	Nobody:      "Personne",
	Assign:      "Attribuer",
	AssignMe:    "M’attribuer l’aiguillage",
	NowWith:     func(who string) string { return "Maintenant attribué à " + who + "." },
	NowNobody:   "Maintenant attribué à personne.",
	Disabled:    func(who string) string { return who + " (compte désactivé)" },
	CannotOpen:  func(who string) string { return who + " (sans accès aux aiguillages)" },
	PersonWrong: "Choisissez une personne dont le compte est actif et qui peut voir les aiguillages.",

	ReviewTitle:   "Demander à quelqu’un de l’examiner",
	ReviewBy:      "Personne qui devrait l’examiner",
	ReviewChoose:  "Choisir une personne",
	AskReview:     "Demander l’examen",
	ReviewAsked:   "Examen demandé à",
	ReviewMissing: "Choisissez la personne qui devrait l’examiner.",

	NotesTitle:  "Notes internes",
	NotesOnly:   "Pour cette clinique seulement. Jamais envoyées à Ocean.",
	NotesList:   "Notes, de la plus ancienne à la plus récente",
	NoNotes:     "Aucune note pour le moment.",
	NoteLabel:   "Nouvelle note",
	ToNotes:     "Note interne",
	AddNote:     "Ajouter la note",
	NoteMissing: "Écrivez d’abord la note.",
	NoteLong: func(n int) string {
		return "Raccourcissez la note à " + countFR(n, "caractère", "caractères") + " au plus."
	},

	Changed:     "Cet aiguillage a changé depuis que vous l’avez ouvert.",
	ShowChanged: "Afficher",
	StaleTitle:  "Cet aiguillage a changé entre-temps; rien n’a été enregistré",
	StaleText:   "Il paraît ci-dessous dans son état actuel. Votre choix y est encore\u00a0: appuyez de nouveau sur le bouton s’il convient toujours.",
	StaleAgain:  "Il paraît ci-dessous dans son état actuel. Appuyez de nouveau sur le bouton s’il convient toujours.",
	StaleOcean:  "Un message d’Ocean est arrivé",

	OpenedLink:   "Qui a ouvert cet aiguillage",
	OpenedTitle:  "Qui a ouvert cet aiguillage",
	OpenedLead:   "Chaque fois que quelqu’un a vu ici les renseignements du patient. Une réouverture dans les 5\u00a0minutes ne compte pas.",
	OpenedList:   "Ouvertures, de la plus récente à la plus ancienne",
	Who:          "Qui",
	What:         "Quoi",
	When:         "Quand",
	Where:        "Adresse réseau",
	OpenedBack:   "Retour à l’aiguillage",
	OpenedAll:    "Retour au journal d’audit",
	OpenedEmpty:  "Personne ne l’a encore ouvert",
	OpenedNobody: "L’ouverture de l’aiguillage ou d’un de ses documents paraît ici.",
	About:        "Aiguillage",
	Patient:      "Patient",
	Query:        "Recherche",
	Sealed:       "scellé; pour les personnes qui peuvent voir les aiguillages",
	NumberEnds:   func(digits string) string { return "numéro de carte Santé finissant par " + digits },

	SaidOpened:      "Aiguillage ouvert",
	SaidDownloaded:  "Document d’un aiguillage téléchargé",
	SaidNoted:       "Note interne ajoutée à un aiguillage",
	SaidAssigned:    func(who string) string { return "Aiguillage attribué à " + who },
	SaidReviewAsked: func(who string) string { return "Examen d’un aiguillage demandé à " + who },
	SaidUnassigned:  "Aiguillage attribué à personne",
	SaidSearched: func(n int, terms []string) string {
		said := "Recherche d’un aiguillage"
		if len(terms) > 0 {
			said += " (" + strings.Join(terms, ", ") + ")"
		}
		return said + "\u00a0: " + countFR(n, "résultat", "résultats")
	},
	Terms: map[string]string{
		"name": "nom", "birth_date": "date de naissance", "health_number": "numéro de carte Santé", "reference": "référence",
		"number": "autre numéro",
	},
}
