package views

import "strings"

var documentsFR = DocumentsText{
	Title:     "Documents",
	Why:       "Breakwater les récupère dans Ocean et les conserve ici.",
	Untitled:  "Document sans titre",
	Kilobytes: func(n string) string { return n + "\u00a0Ko" },
	// The decimal sign is a comma in French.
	Megabytes: func(n string) string { return strings.Replace(n, ".", ",", 1) + "\u00a0Mo" },

	OnItsWay:   "En route",
	NotFetched: "Non récupéré",
	Foreign:    "Non récupéré\u00a0: hôte externe",
	OpenNow:    "Ouvert en ce moment",
	AskedFor:   "Première demande\u00a0:",
	NextSoon:   "Prochain essai dans un instant",
	NextIn: func(n int, clock string) string {
		return "Prochain essai dans " + countFR(n, "minute", "minutes") + " (" + clock + ")"
	},
	NextAt: func(when string) string { return "Prochain essai\u00a0: " + when },
	ForeignWhy: func(host string) string {
		if host == "" {
			return "Son lien mène ailleurs que chez Ocean; Breakwater ne le suit donc jamais."
		}
		return "Son lien mène à " + host + ", qui n’est pas Ocean; Breakwater ne le suit donc jamais."
	},
	OlderWaiting: "C’est une version antérieure. La plus récente est en route.",
	OlderMissing: "C’est une version antérieure. La plus récente n’est pas ici.",
	UnknownHint:  "Ouvrez-le seulement si vous l’attendiez.",
	OtherType: func(came, said string) string {
		return "Reçu comme " + quoteFR(came) + ", annoncé comme " + quoteFR(said) + "."
	},

	OpenBeside:   "Ouvrir à côté",
	OpenBesideOf: func(title string) string { return "Ouvrir à côté\u00a0: " + title },
	NewTab:       "Ouvrir dans un nouvel onglet",
	NewTabOf:     func(title string) string { return "Ouvrir dans un nouvel onglet\u00a0: " + title },
	Download:     "Télécharger",
	DownloadOf:   func(title string) string { return "Télécharger\u00a0: " + title },
	Retry:        "Réessayer",
	RetryOf:      func(title string) string { return "Réessayer\u00a0: " + title },
	Close:        "Fermer",

	FailedTitle: "Documents non récupérés",
	FailedLead:  "Breakwater n’a pas pu les récupérer dans Ocean; on ne peut donc pas encore les lire ici.",
	FirstFailed: "Premier échec\u00a0:",
	Tries:       func(n int) string { return countFR(n, "essai", "essais") },
	RetrySince: func(when string) string {
		return "Réessayer\u00a0: le document dont le premier échec date du " + when
	},
	OpenReferralSince: func(when string) string {
		return "Ouvrir l’aiguillage du document dont le premier échec date du " + when
	},
	RetryAll:  "Tout réessayer",
	FaultCode: "Cause, telle que notée",
}
