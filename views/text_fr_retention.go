package views

import (
	"fmt"

	"breakwater/store"
)

var retentionFR = RetentionText{
	Title:      "Paramètres > Clinique > Conservation",
	Lead:       "Combien de temps Breakwater conserve ce qui est terminé. Tant que rien n’est réglé ici, il conserve tout.",
	Link:       "Conservation",
	LinkWhy:    "Combien de temps ce qui est terminé est conservé.",
	Saved:      "C’est enregistré. Ce qui est plus ancien part dans l’heure, puis chaque jour.",
	DoubtTitle: "Rien n’est supprimé pour le moment",
	DoubtText:  "L’horloge de la machine n’est pas crédible. Paramètres > Système indique pourquoi.",
	LawTitle:   "Demandez à la personne responsable des dossiers de la clinique",
	LawText:    "En Ontario, les dossiers médicaux doivent être conservés de nombreuses années. Ne supprimez ici que ce que votre DME possède.",
	Classes: map[store.RetentionClass]Explained{
		store.RetainClosed:    {"Aiguillages fermés", "Refusés, terminés, annulés et réacheminés, avec leurs messages, documents, notes et mises à jour."},
		store.RetainTest:      {"Aiguillages d’essai fermés", "De même, pour ceux marqués comme données d’essai dans Ocean. La plus courte des deux durées compte."},
		store.RetainUnmatched: {"Messages sans aiguillage", "Les messages que Breakwater n’a pu rattacher à aucun aiguillage, quand personne n’a plus à les examiner."},
	},
	Days: "Jours de conservation",
	Hint: func(least int) string { return fmt.Sprintf("Au moins %d. Zéro les conserve sans limite.", least) },
	Wrong: func(typed string, least int) string {
		return fmt.Sprintf("Saisissez zéro, ou un nombre entier de jours de %d à 36500. Vous avez saisi %s.", least, typed)
	},
	Ran:        "Dernière exécution",
	Preview:    "Montrer ce qui partirait",
	NeverTitle: "Ce qui reste toujours",
	Never: "Les aiguillages ouverts, quel que soit leur âge.\n" +
		"Ce qui n’a pas encore été envoyé à Ocean ou a été refusé; les documents en attente ou en échec; ce qui est à examiner.\n" +
		"Les problèmes de transmission que personne n’a marqués comme vus.\n" +
		"Les documents et les messages qu’un autre aiguillage possède aussi.\n" +
		"Le journal d’audit\u00a0: qui a vu quoi demeure, même pour ce qui est supprimé.\n" +
		"Les sauvegardes déjà faites, jusqu’à ce qu’elles soient elles-mêmes trop anciennes.",
	ConfirmTitle: "Fixer la durée de conservation?",
	ConfirmText:  "Ce qui est supprimé ne peut pas être récupéré. Sa place sur le disque est écrasée.",
	Confirm:      "Fixer et supprimer",
	ForEver:      "Conservés sans limite.",
	For:          func(days int) string { return "Conservés pendant " + countFR(days, "jour", "jours") + "." },
	Goes: func(referrals, messages, documents int) string {
		return "Partent maintenant\u00a0: " + countFR(referrals, "aiguillage", "aiguillages") + ", " + countFR(messages, "message", "messages") + ", " + countFR(documents, "document", "documents") + "."
	},
}
