package views

import "fmt"

var referralsFR = ReferralsText{
	Title:       "Aiguillages",
	Tabs:        "Quels aiguillages",
	TabAll:      "Tous",
	TabReceived: "Reçus",
	TabSent:     "Envoyés",

	Search: "Trouver un aiguillage",
	SearchHint: "Début d’un nom du patient ou du fournisseur aiguilleur (3\u00a0lettres ou plus), numéro de carte Santé ou de " +
		"dossier, date de naissance ou référence de l’aiguillage",
	SearchButton: "Trouver",
	Found: func(n int, more bool) string {
		if more {
			return fmt.Sprintf("Aiguillages trouvés, les plus récents\u00a0: %d", n)
		}
		return countFR(n, "aiguillage trouvé", "aiguillages trouvés")
	},

	List:           "Liste des aiguillages",
	Patient:        "Patient",
	Service:        "Service",
	Referrer:       "Fournisseur aiguilleur",
	Recipient:      "Destinataire",
	EitherWay:      "Fournisseur aiguilleur ou destinataire",
	SentTo:         func(who string) string { return "Envoyé à " + who },
	Folder:         "Dossier",
	Received:       "Reçu",
	NameMissing:    "Nom non fourni",
	Born:           func(date string) string { return "Naissance\u00a0: " + date },
	BirthMissing:   "Date de naissance non fournie",
	ServiceMissing: "Service non fourni",
	PartyMissing:   "Nom non fourni",
	Consult:        "eConsultation",

	ProblemsTitle: func(n int) string {
		return countFR(n, "message ou document d’Ocean est à vérifier", "messages ou documents d’Ocean sont à vérifier")
	},
	ProblemsText: "Tous les messages ont été gardés. Ce qui est inhabituel ou n’a pas pu être récupéré demande la " +
		"décision d’une personne.",
	ProblemsAction: "Afficher les problèmes de transmission",
	SiteTitle:      "Le numéro de site manque",
	SiteText:       "Sans lui, Breakwater ne peut pas distinguer les aiguillages reçus de ceux qui ont été envoyés.",
	SiteAction:     "Saisir le numéro de site",
	SiteAsk:        "Demandez à quelqu’un qui a l’autorisation «\u00a0Paramètres d’aiguillage\u00a0» de le saisir.",

	NothingTitle:  "Aucun aiguillage pour le moment",
	NothingText:   "Les aiguillages paraissent ici dès qu’Ocean transmet le premier.",
	NothingSetUp:  "Terminez d’abord de relier la clinique à Ocean\u00a0: Paramètres > Aiguillage > Ocean.",
	NothingAction: "Terminer les paramètres d’Ocean",
	NothingAsk: "Demandez à quelqu’un qui a l’autorisation «\u00a0Paramètres d’aiguillage\u00a0» de terminer de " +
		"relier la clinique à Ocean.",
	NothingOcean: "Si vous en attendez un, vérifiez dans Ocean, sous Menu > Admin > Integrations, que l’envoi se " +
		"fait à l’adresse de cette clinique.",
	NothingShowSet: "Afficher les paramètres d’Ocean",

	NotFoundTitle: func(query string) string { return "Aucun résultat pour " + quoteFR(query) },
	NotFoundText: "Un nom se trouve par le début d’un mot, à partir de 3\u00a0lettres. Les numéros de carte Santé et de " +
		"dossier, la date de naissance (AAAA-MM-JJ) et la référence doivent être complets.",
	NoneReceivedTitle: "Aucun aiguillage reçu",
	NoneReceivedText:  "Tous ceux qui sont ici ont été envoyés par cette clinique.",
	NoneSentTitle:     "Aucun aiguillage envoyé",
	NoneSentText: "Des copies des aiguillages que cette clinique envoie paraissent ici si l’intégration d’Ocean le " +
		"permet\u00a0: «\u00a0Allow a copy of the referral to be sent to this endpoint\u00a0».",
	ShowAll: "Afficher tous les aiguillages",
}

var referralFR = ReferralText{
	Title:     "Aiguillage",
	Back:      "Aiguillages",
	OpenOcean: "Ouvrir dans Ocean",

	Patient:               "Patient",
	OtherNames:            "Autres noms",
	HealthNumber:          "Numéro de carte Santé",
	VersionCode:           "code de version",
	HealthNumberInvalid:   "Ce n’est pas un numéro valide de l’Ontario. Comparez-le avec la carte.",
	HealthNumberElsewhere: "Numéro d’ailleurs que l’Ontario",
	BirthDate:             "Date de naissance",
	Sex:                   "Sexe",
	Phone:                 "Téléphone",
	Address:               "Adresse",
	ChartNumber:           "Numéro de dossier chez l’expéditeur",
	Language:              "Langue",
	Deceased:              "Personne décédée",
	NameMissing:           "Nom non fourni",

	Reason:        "Motif de l’aiguillage",
	ReasonCodes:   "Motifs",
	ReasonMissing: "L’expéditeur n’a donné aucun motif par écrit.",

	Request:    "Demande",
	Service:    "Service",
	Priority:   "Priorité",
	Authored:   "Rédigé le",
	AskedOf:    "Envoyé à",
	Reference:  "Référence de l’aiguillage",
	StatusNote: "Note sur l’état",
	Received:   "Reçu le",
	Updated:    "Dernier message",

	Referrer:     "Fournisseur aiguilleur",
	Name:         "Nom",
	Role:         "Rôle",
	Organization: "Organisme",
	Fax:          "Télécopieur",
	Email:        "Courriel",
	Licence:      "Numéro de permis",
	Billing:      "Numéro de facturation",
	SiteNumber:   "Numéro de site",

	Appointment:       "Rendez-vous",
	AppointmentStart:  "Début",
	AppointmentEnd:    "Fin",
	AppointmentType:   "Type de visite",
	AppointmentNote:   "Pour le patient",
	AppointmentStatus: "Réponse du patient",
	Confirmed:         "Rendez-vous confirmé",
	Unconfirmed:       "Rendez-vous pas encore confirmé",

	Forms:      "Formulaires",
	FormName:   func(n int) string { return fmt.Sprintf("Formulaire\u00a0%d", n) },
	Unanswered: func(n int) string { return countFR(n, "question", "questions") + " sans réponse" },
	NoQuestion: "Question non fournie",
	NoAnswers:  "Aucune question de ce formulaire n’a reçu de réponse.",

	Messages:     "Messages",
	FromUs:       "Cette clinique",
	FromReceiver: "Clinique destinataire",
	FromReferrer: "Fournisseur aiguilleur",
	MessageEmpty: "Ce message ne contient aucun texte.",

	History:  "Historique",
	CameHere: func(when string) string { return "arrivé ici le " + when },
	Repeated: func(n int) string { return fmt.Sprintf("répété %d\u00a0fois", n) },
	UnknownEvent: func(code string) string {
		if code == "" {
			return "Un message qui ne nomme aucun événement"
		}
		return "Un type de message inconnu"
	},

	Links: "Aiguillages liés",

	DetailID:     "Numéro dans Breakwater",
	DetailTask:   "État tel que transmis",
	DetailEvent:  "Dernier événement tel que transmis",
	DetailCode:   "Type de demande tel que transmis",
	DetailStatus: "État de la demande tel que transmis",
}
