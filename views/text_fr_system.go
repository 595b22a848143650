package views

var systemFR = SystemText{
	Audit: SystemAuditText{
		Whole:    "La base de données avait été jugée endommagée; une vérification complète l’a trouvée intacte",
		Replaced: "La base de données avait été jugée endommagée; une autre l’a remplacée",
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
		"Examinez le disque : `dmesg` nomme les erreurs de lecture et d’écriture. Un disque qui en a doit d’abord être remplacé.\n" +
		"Mettez le dossier des données de côté et gardez-le. Si la clé maîtresse s’y trouve, copiez `master.key` dans un nouveau dossier de données, vide.\n" +
		"Restaurez la sauvegarde valable la plus récente : `breakwater restore FICHIER`. Elle est vérifiée avant que rien ne change.\n" +
		"Démarrez Breakwater : `systemctl start breakwater`. `breakwater doctor` indique si tout va bien.",
	After:  "Ce qui est arrivé entre la sauvegarde et les dommages est toujours dans Ocean, qui peut le renvoyer : Paramètres > Aiguillage > Ocean y mène.",
	Banner: "Rien n’est reçu et aucun patient n’est affiché avant la restauration d’une sauvegarde. Avertissez la personne qui s’occupe de la machine de Breakwater.",
}
