package views

import "breakwater/store"

var systemFR = SystemText{
	Title:       "Paramètres > Système",
	Lead:        "Si Breakwater va bien, et que faire sinon.",
	AllFine:     "Tout va bien",
	SomeTitle:   func(n int) string { return countFR(n, "point demande", "points demandent") + " quelqu’un" },
	ChecksTitle: "Vérifications",
	VersionOf:   "Version installée",
	Levels:      map[Level]string{LevelFine: "Bien", LevelOptional: "Facultatif", LevelWarning: "À faire", LevelFault: "Défaut"},
	ClockRight:  "L’horloge est exacte",
	ClockSaved:  "L’horloge est tenue pour exacte.",

	IncidentsTitle: "Ce qui n’allait pas récemment",
	NoneYet:        "Rien pour le moment.",
	GoesOn:         "En cours",
	Over:           "Terminé",
	FromTo:         func(from, until string) string { return "De " + from + " à " + until },
	Since:          func(when string) string { return "Depuis " + when },
	See:            "Que faire",

	Checks:    checksFR,
	Found:     foundFR,
	Incidents: incidentsFR,
	UselessBackup: Explained{"Une sauvegarde n’a pas pu être restaurée à l’essai, le {tried}", "Faites-en une autre avec breakwater backup FICHIER, et essayez-la avec breakwater restore --check FICHIER. " +
		"La plus récente de nuit est essayée de nouveau chaque jour jusqu’à ce que cela fonctionne."},
	NoCertificate: Explained{"Breakwater n’a aucun certificat utilisable", "Les navigateurs et Ocean sont refusés. Paramètres > Système et le journal de Breakwater disent ce qui ne va pas."},
	MailFaults:    mailFaultsFR,
	Mail:          noticeMailFR,
	Audit: SystemAuditText{
		Whole:       "La base de données avait été jugée endommagée; une vérification complète l’a trouvée intacte",
		Replaced:    "La base de données avait été jugée endommagée; une autre l’a remplacée",
		ClockJumped: func(from, to string) string { return "L’horloge a sauté de " + from + " à " + to },
		ClockBehind: func(from, to string) string {
			return "Au démarrage, l’horloge indiquait " + to + ", bien qu’elle ait déjà indiqué " + from
		},
		ClockConfirmed: "L’horloge a été déclarée exacte",
		IncidentOpened: func(what string) string { return "Quelqu’un doit agir : " + what },
		IncidentClosed: func(what string) string { return "Terminé : " + what },
		Kinds: map[store.IncidentKind]string{
			store.IncidentMessages: "aucun message depuis longtemps", store.IncidentDelivery: "Ocean ne peut rien transmettre", store.IncidentCredentials: "identifiants refusés",
			store.IncidentDisk: "disque presque plein", store.IncidentBackup: "sauvegarde ancienne", store.IncidentCertificate: "certificat à renouveler",
			store.IncidentAudit: "journal d’audit altéré", store.IncidentOutlet: "journal d’audit non noté ailleurs", store.IncidentClock: "horloge douteuse", store.IncidentMail: "courriels non envoyés",
			store.IncidentDatabase: "base de données endommagée",
		},
		Notices: func(what, from, to string) string { return what + " " + beforeNowFR(from, to) },
		Settings: map[string]string{"quiet_hours": "Heures sans message", "work_hours": "Heures d’ouverture", "mail_host": "Serveur de courriel",
			"mail_user": "Utilisateur du serveur de courriel", "mail_from": "Expéditeur des avis", "mail_to": "Destinataires des avis", "mail_language": "Langue des avis"},
		Classes: map[store.RetentionClass]string{store.RetainClosed: "aiguillages fermés", store.RetainTest: "aiguillages d’essai fermés", store.RetainUnmatched: "messages sans aiguillage"},
		KeptFor: func(what string, days int) string {
			return "Durée de conservation fixée à " + countFR(days, "jour", "jours") + "\u00a0: " + what
		},
		KeptForEver: func(what string) string { return "Désormais conservés sans limite\u00a0: " + what },
		Ran: func(what string, referrals, messages, documents int) string {
			return "Supprimés pour leur âge (" + what + ")\u00a0: " + countFR(referrals, "aiguillage", "aiguillages") + ", " + countFR(messages, "message", "messages") + ", " + countFR(documents, "document", "documents")
		},
		Purged:       "Un aiguillage a été supprimé pour son âge, avec ses messages et ses documents",
		PasswordSet:  "Mot de passe du serveur de courriel défini",
		PasswordGone: "Mot de passe du serveur de courriel supprimé",
		MailWorks:    "Un message d’essai est parti",
		MailFails:    func(why string) string { return "Un message d’essai n’est pas parti : " + why },
	},
}

var damageFR = DamageText{
	Title: "La base de données de Breakwater est endommagée",
	Since: func(when string) string { return "Constaté le " + when },
	Lead: "Pour que rien ne s’aggrave, Breakwater n’y écrit plus rien. Il ne reçoit aucun aiguillage et n’affiche aucun patient, " +
		"puisqu’aucune consultation ne pourrait être notée. Ocean répète chaque message pendant 96 heures : ce qu’il n’a pas pu " +
		"transmettre arrivera de soi-même dès que Breakwater fonctionnera de nouveau.",
	StepsTitle: "Que faire, sur la machine de Breakwater",
	Do: "Arrêtez Breakwater : `systemctl stop breakwater`.\n" +
		"Examinez le disque : `dmesg` nomme les erreurs de lecture et d’écriture. Un disque qui en a doit d’abord être remplacé, et la clé maîtresse remise en place.\n" +
		"Restaurez la sauvegarde valable la plus récente : `breakwater restore --replace FICHIER`. Elle est vérifiée avant que rien ne change, et la base endommagée est gardée dans un dossier à côté.\n" +
		"Démarrez Breakwater : `systemctl start breakwater`. `breakwater doctor` indique si tout va bien.",
	After:  "Ce qui est arrivé entre la sauvegarde et les dommages est toujours dans Ocean, qui peut le renvoyer : Paramètres > Aiguillage > Ocean y mène.",
	Banner: "Rien n’est reçu et aucun patient n’est affiché avant la restauration d’une sauvegarde. Avertissez la personne qui s’occupe de la machine de Breakwater.",
}
