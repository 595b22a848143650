package views

import "breakwater/store"

var historyFR = HistoryText{
	Kinds: changeKindsFR,
	Because: func(what, why string) string {
		return what + "\u00a0: " + why
	},
	Forwarded: func(to string) string {
		if to == "" {
			return "Transféré à un autre site"
		}
		return "Transféré à " + to
	},
	Returned: func(to string) string {
		if to == "" {
			return "Transféré de nouveau à cette clinique"
		}
		return "Transféré de nouveau à cette clinique\u00a0: " + to
	},
	Booked: func(when string) string { return "Rendez-vous fixé au " + when },
	BookedConfirmed: func(when string) string {
		return "Rendez-vous fixé au " + when + ", confirmé par le patient"
	},
	Rebooked: func(from, to string) string { return "Rendez-vous déplacé du " + from + " au " + to },
	RebookedDone: func(from, to string) string {
		return "Rendez-vous déplacé du " + from + " au " + to + ", confirmé par le patient"
	},
	Confirmed: func(when string) string { return "Rendez-vous du " + when + " confirmé par le patient" },
	Doubted: func(when string) string {
		return "Rendez-vous du " + when + " qui n’est plus confirmé par le patient"
	},
	UnbookedFrom:  func(when string) string { return "Rendez-vous du " + when + " retiré" },
	MessageFrom:   func(who string) string { return "Message de " + who },
	FromUs:        "Message de cette clinique",
	FromReceiver:  "Message de la clinique destinataire",
	FromReferrer:  "Message du fournisseur aiguilleur",
	Document:      func(title string) string { return "Document ajouté\u00a0: " + title },
	NewerDocument: func(title string) string { return "Version plus récente d’un document\u00a0: " + title },
	Forms: func(n int) string {
		return "Formulaires modifiés\u00a0: " + countFR(n, "réponse diffère", "réponses diffèrent")
	},
	Link:    func(what, ref string) string { return what + " l’aiguillage " + ref },
	Given:   func(what, value string) string { return "Ajout\u00a0: " + what + ", " + quoteFR(value) },
	Touched: func(what string) string { return "Changement\u00a0: " + what },
	Removed: func(what, value string) string { return "Retrait\u00a0: " + what + ", " + quoteFR(value) },
	Changed: func(what, from, to string) string {
		return "Changement\u00a0: " + what + ", de " + quoteFR(from) + " à " + quoteFR(to)
	},
	Moved:       func(from, to string) string { return "Passé de " + quoteFR(from) + " à " + quoteFR(to) },
	Fields:      changeFieldsFR,
	DeceasedNot: "Le patient n’est plus indiqué comme décédé",
	Unknown:     func(code string) string { return "Un type de message inconnu\u00a0: " + code },
	ConfirmedAt: func(when string) string { return "confirmé par Ocean le " + when },
	Seen:        "marqué comme vu",
	More:        "Autres changements dans ce message",
	Older:       func(n int) string { return "Afficher " + countFR(n, "ligne plus ancienne", "lignes plus anciennes") },
	HealthCard:  func(number string) string { return "Carte Santé " + number },
	Print:       "Imprimer",
	Printed: func(when string) string {
		return "Aiguillage électronique (eReferral), selon ce qui est connu le " + when
	},

	Raw:      "Message brut",
	RawOf:    func(when string) string { return "Message brut du " + when },
	RawTitle: "Message brut",
	RawLead:  "Exactement ce qu’Ocean a envoyé, disposé en lignes. Le journal d’audit indique que vous l’avez ouvert.",
	RawText:  "Le message en JSON",
	RawDamaged: "Des lettres étaient abîmées avant l’arrivée du message. Elles s’affichent ici ainsi\u00a0: �. Le fichier " +
		"téléchargé contient les octets tels qu’ils sont arrivés.",
	RawCutTitle: func(size string) string { return "Seul le début des " + size + " est affiché" },
	RawCutText:  func(size string) string { return "Le fichier téléchargé contient les " + size + " en entier." },

	BackToReferral: "Aiguillage",
	Again:          "Traiter de nouveau",
	AgainOf:        func(when string) string { return "Traiter de nouveau le message reçu le " + when },
	AgainAll:       "Tout traiter de nouveau",
	MarkSeen:       "Marquer comme vu",
	MarkSeenOf:     func(when string) string { return "Marquer comme vu le message reçu le " + when },
	AgainDone:      func(n int) string { return countFR(n, "message traité", "messages traités") + " de nouveau" },
	AgainLeft: func(n int) string {
		if n == 0 {
			return "Plus aucun n’a de problème."
		}
		return "Encore à vérifier\u00a0: " + countFR(n, "message", "messages") + "."
	},
	AgainMore: "D’autres n’ont pas encore été traités.",
	AgainGoOn: "Traiter les suivants de nouveau",

	UpdatesTitle: "Mises à jour qui ne sont pas dans Ocean",
	UpdatesLead: "Ce que la clinique a décidé figure ici, mais Ocean ne l’a pas. Réessayez, modifiez-le dans " +
		"l’aiguillage ou abandonnez-le.",
	OpenReferralOf: func(what string) string { return "Ouvrir l’aiguillage de la mise à jour\u00a0: " + what },
}

var changeKindsFR = map[store.ChangeKind]string{
	store.ChangeFirst:     "Nouvel aiguillage",
	store.ChangeResent:    "Envoyé de nouveau comme nouveau",
	store.ChangeAccepted:  "Accepté",
	store.ChangeReopened:  "Rouvert",
	store.ChangeDeclined:  "Refusé",
	store.ChangeCompleted: "Terminé",
	store.ChangeCancelled: "Annulé par l’expéditeur",
	store.ChangeUndecided: "N’est plus accepté",
	store.ChangeUnbooked:  "Rendez-vous retiré",
	store.ChangeMessage:   "Message",
	store.ChangeDocument:  "Document ajouté",
	store.ChangeNewer:     "Version plus récente d’un document",
	store.ChangeNothing:   "Répétition de ce qui était connu",
	store.ChangeReason:    "Note sur l’état",
	store.ChangeStatus:    "État tel que transmis",
	store.ChangeRecipient: "Destinataire",
	store.ChangeDirection: "Sens de l’envoi",
}

var changeFieldsFR = map[string]string{
	"visit/type":            "Type de visite",
	"visit/instruction":     "Consigne pour le patient",
	"visit/end":             "Fin du rendez-vous",
	"patient/name":          "Nom du patient",
	"patient/other_names":   "Autres noms du patient",
	"patient/health_number": "Numéro de carte Santé",
	"patient/birth_date":    "Date de naissance",
	"patient/gender":        "Sexe",
	"patient/contact":       "Téléphone ou courriel du patient",
	"patient/address":       "Adresse du patient",
	"patient/chart_number":  "Numéro de dossier chez l’expéditeur",
	"patient/language":      "Langue du patient",
	"request/service":       "Service demandé",
	"request/priority":      "Priorité",
	"request/reasons":       "Motif",
	"request/notes":         "Note sur le motif",
	"referrer/name":         "Fournisseur aiguilleur",
	"referrer/organization": "Organisme du fournisseur aiguilleur",
	"referrer/role":         "Rôle du fournisseur aiguilleur",
	"referrer/contact":      "Téléphone, télécopieur ou courriel du fournisseur aiguilleur",
	"referrer/address":      "Adresse du fournisseur aiguilleur",
	"referrer/numbers":      "Numéros du fournisseur aiguilleur",
}
