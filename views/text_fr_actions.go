package views

import "fmt"

const bookingHearsFR = "Normalement, Ocean envoie un courriel au fournisseur aiguilleur, et au patient si l’aiguillage comporte " +
	"une adresse et un consentement"

const mayHearFR = "Pour un rendez-vous\u00a0: au fournisseur aiguilleur, et au patient si l’aiguillage comporte une adresse et un consentement."

var actionsFR = ActionsText{
	Bar: "Ce qui peut être fait",
	Names: map[Act]string{ActAccept: "Accepter", ActDecline: "Refuser", ActBook: "Fixer un rendez-vous", ActConfirm: "Confirmer",
		ActUnbook: "Retirer le rendez-vous", ActMessage: "Message", ActComplete: "Terminer", ActReopen: "Rouvrir"},
	Rebook: "Changer le rendez-vous",
	Pages: map[Act]Explained{
		ActAccept:   {"Accepter l’aiguillage", "Accepter l’aiguillage"},
		ActDecline:  {"Refuser l’aiguillage", "Refuser l’aiguillage"},
		ActBook:     {"Fixer un rendez-vous", "Fixer le rendez-vous"},
		ActConfirm:  {"Confirmer le rendez-vous", "Confirmer le rendez-vous"},
		ActUnbook:   {"Retirer le rendez-vous", "Retirer le rendez-vous"},
		ActMessage:  {"Écrire au fournisseur aiguilleur", "Envoyer le message"},
		ActComplete: {"Terminer l’aiguillage", "Terminer l’aiguillage"},
		ActReopen:   {"Rouvrir l’aiguillage", "Rouvrir l’aiguillage"},
	},
	Rebooking: Explained{"Changer le rendez-vous", "Changer le rendez-vous"},
	Hindered: map[Hindrance]string{
		HinderedSent:      "Cette clinique l’a envoyé; seul le destinataire décide.",
		HinderedForwarded: "Il a été transféré à un autre site, qui décide maintenant.",
		HinderedCancelled: "L’expéditeur l’a annulé.",
		HinderedSite:      "Sans le numéro de site, on ne peut pas savoir si cette clinique l’a reçu ou envoyé.",
		HinderedFolder:    "Cela ne se fait pas dans le dossier où se trouve l’aiguillage.",
	},
	CancelledText: "Il n’y a plus rien à en faire ici. Si le patient a un rendez-vous dans votre DME, annulez-le là aussi.",
	SiteEnter:     "Saisir le numéro de site",
	SiteAsk:       "Demandez à quelqu’un qui a l’autorisation «\u00a0Paramètres d’aiguillage\u00a0» de le saisir.",

	CredentialsTitle: "Rien ne peut être transmis à Ocean tant que ses identifiants OAuth ne sont pas enregistrés",
	CredentialsText:  "Ce que vous faites ici est conservé, puis transmis à ce moment-là.",
	CredentialsEnter: "Enregistrer les identifiants",
	CredentialsAsk:   "Demandez à quelqu’un qui a l’autorisation «\u00a0Paramètres d’aiguillage\u00a0» de les enregistrer.",

	Hears: map[Act]Explained{
		ActAccept:   {"Normalement, Ocean n’envoie de courriel à personne", "L’expéditeur voit dans Ocean que l’aiguillage est accepté."},
		ActDecline:  {bookingHearsFR, "Le motif est transmis à Ocean avec la décision."},
		ActBook:     {bookingHearsFR, "L’heure et ce qui s’adresse au patient sont transmis à Ocean."},
		ActConfirm:  {"Ocean peut envoyer un courriel comme pour un rendez-vous", mayHearFR},
		ActUnbook:   {"Ocean peut envoyer un courriel comme pour un rendez-vous", mayHearFR},
		ActMessage:  {"Tous les intervenants de l’aiguillage peuvent voir le message", "Normalement, Ocean envoie un courriel au fournisseur aiguilleur, et jamais au patient."},
		ActComplete: {"Normalement, Ocean n’envoie de courriel à personne", "L’expéditeur voit dans Ocean que l’aiguillage est terminé."},
		ActReopen:   {"Normalement, Ocean n’envoie de courriel à personne", "L’aiguillage retourne en attente de rendez-vous, dans Ocean aussi."},
	},
	HearsNote: "Les paramètres de l’intégration, dans le portail d’Ocean, peuvent changer qui reçoit un courriel.",

	Reason:              "Motif du refus",
	ReasonHint:          "L’expéditeur le lit. Au plus 2\u00a0000\u00a0caractères.",
	Note:                "Note (facultative)",
	NoteHint:            "Transmise à Ocean avec l’état. Au plus 2\u00a0000\u00a0caractères.",
	Date:                "Jour",
	DateHint:            "De la visite",
	Time:                "Heure",
	TimeHint:            "À la clinique",
	Minutes:             "Durée",
	MinutesHint:         "En minutes",
	TypeHint:            "Facultatif, par exemple Première visite.",
	InstructionHint:     "Facultatif\u00a0: quoi apporter, où se présenter.",
	PatientConfirmed:    "Le patient a confirmé",
	PatientConfirmedWhy: "Cochez seulement pour cette heure précise. Sinon, le rendez-vous compte comme non confirmé.",
	Text:                "Texte du message",
	TextHint:            "Au plus 20\u00a0000\u00a0caractères.",
	PDF:                 "PDF (facultatif)",
	PDFHint:             "Au plus 10\u00a0Mo.",
	PDFAgain:            "S’il y avait un PDF, choisissez-le de nouveau\u00a0: les navigateurs ne gardent pas les fichiers.",
	Present:             "Rendez-vous actuel",
	Back:                "Retour à l’aiguillage",

	ReasonMissing: "Saisissez un motif. L’expéditeur doit savoir pourquoi.",
	TextMissing:   "Saisissez un message.",
	TooLong: func(most int) string {
		return fmt.Sprintf("Raccourcissez le texte à %d\u00a0caractères au plus.", most)
	},
	DateMissing: "Saisissez le jour.",
	TimeMissing: "Saisissez l’heure.",
	DateWrong: func(typed string) string {
		return "Saisissez le jour sous la forme AAAA-MM-JJ. Vous avez saisi " + typed + "."
	},
	TimeWrong: func(typed string) string {
		return "Saisissez les heures et les minutes, par exemple 14:30. Vous avez saisi " + typed + "."
	},
	DatePast: func(day string) string {
		return "Le " + day + " est passé. Saisissez un jour à partir d’aujourd’hui."
	},
	DateFar: func(day string) string { return "Le " + day + " est dans plus de cinq ans. Vérifiez l’année." },
	TimeNever: func(clock, day string) string {
		return "L’heure avance le " + day + "\u00a0: il n’y a pas de " + clock + ". Saisissez une autre heure."
	},
	MinutesWrong: func(most int, typed string) string {
		return fmt.Sprintf("Saisissez une durée de 1 à %d\u00a0minutes. Vous avez saisi %s.", most, typed)
	},
	PDFLarge: func(megabytes int) string {
		return fmt.Sprintf("Choisissez un fichier de %d\u00a0Mo au plus.", megabytes)
	},
	PDFWrong: "Ce fichier n’est pas un PDF, quoi qu’en dise son nom. Choisissez-en un autre.",

	ChangedTitle:  "L’aiguillage a changé entre-temps",
	ChangedText:   "Rien n’a été transmis. Ce que vous avez saisi est encore là\u00a0: relisez-le, puis appuyez sur le bouton.",
	ChangedClosed: "Rien n’a été transmis, et ce que vous vouliez faire ne se fait pas là où se trouve maintenant l’aiguillage.",
	SameTitle:     "C’est déjà transmis",
	SameText: func(what, when, who string) string {
		if who == "" {
			return what + " (" + when + "). Rien n’a été transmis deux fois."
		}
		return what + " (" + when + ", par " + who + "). Rien n’a été transmis deux fois."
	},
	HinderedTitle: "Cela ne peut pas être fait maintenant",
	FailedTitle:   "Rien n’a pu être transmis",
	FailedText:    "On ne peut pas répondre d’ici au dernier message d’Ocean sur cet aiguillage. Ouvrez l’aiguillage dans Ocean et faites-le là.",
	Now:           func(folder string) string { return "Il se trouve maintenant sous " + quoteFR(folder) + "." },
	NowBooked: func(folder, when string) string {
		return "Il se trouve maintenant sous " + quoteFR(folder) + ", avec un rendez-vous le " + when + "."
	},
	ReplacesTitle: "Ceci remplace ce qu’Ocean n’a pas accepté",
	ReplacesText:  "Dès que vous l’envoyez, la version antérieure est abandonnée.",

	Told: "Mises à jour pour Ocean",
	Statuses: map[string]string{"accepted": "Accepté", "rejected": "Refusé", "completed": "Terminé", "requested": "Nouveau", "received": "Reçu",
		"in-progress": "En cours", "on-hold": "En suspens", "ready": "Prêt", "cancelled": "Annulé"},
	Booked:          func(when string) string { return "Rendez-vous le " + when },
	BookedConfirmed: func(when string) string { return "Rendez-vous le " + when + ", confirmé par le patient" },
	Unbooked:        "Rendez-vous retiré",
	Message:         "Message",
	With:            func(what, wrote string) string { return what + "\u00a0: " + wrote },
	Waiting:         "En attente d’envoi",
	Sent:            "Envoyé",
	Confirmed:       "Confirmé par Ocean",
	Refused:         "Refusé par Ocean",
	NotSent:         "Non envoyé",
	Dropped:         "Abandonné",
	Behind:          "L’envoi se fera dès que celui d’avant, qu’Ocean n’a pas accepté, sera envoyé ou abandonné.",
	OceanSaid:       func(words string) string { return "Ocean dit\u00a0: " + words },
	Retry:           "Réessayer",
	RetryOf:         func(what string) string { return "Réessayer\u00a0: " + what },
	Edit:            "Modifier",
	EditOf:          func(what string) string { return "Modifier\u00a0: " + what },
	Drop:            "Abandonner",
	DropOf:          func(what string) string { return "Abandonner\u00a0: " + what },
	SendAnyway:      "Envoyer quand même",
	SendAnywayOf:    func(what string) string { return "Envoyer quand même\u00a0: " + what },
	Faults:          updateFaultsFR,
	OceanHas:        func(folder string) string { return "Ocean l’a encore sous " + quoteFR(folder) + "." },
	DropAsked: func(what string) Asked {
		return Asked{"Abandonner ce qu’Ocean n’a pas accepté", quoteFR(what) + " est abandonné. Ocean n’en saura rien, et l’aiguillage est de " +
			"nouveau ici ce qu’en dit Ocean.", "Abandonner l’envoi"}
	},
	SaidTold: map[string]string{"accepted": "Transmis à Ocean\u00a0: accepté", "rejected": "Transmis à Ocean\u00a0: refusé",
		"completed": "Transmis à Ocean\u00a0: terminé", "booked": "Transmis à Ocean\u00a0: rendez-vous fixé",
		"confirmed": "Transmis à Ocean\u00a0: rendez-vous confirmé par le patient", "unbooked": "Transmis à Ocean\u00a0: rendez-vous retiré",
		"message": "Transmis à Ocean\u00a0: message au fournisseur aiguilleur"},
}
