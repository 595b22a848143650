package views

import "strconv"

var stepsFR = StepsText{
	Title: "Paramètres > Aiguillage > Mise en place",
	Lead: "Dans l’ordre de l’article d’aide. Ce qui s’écrit Menu > Admin se trouve dans le portail d’Ocean, qui est en anglais; " +
		"les mots à y chercher figurent ici tels quels.",
	Progress: func(done, all int) string {
		return countFR(done, "étape prouvée ou faite", "étapes prouvées ou faites") + " sur " + strconv.Itoa(all)
	},

	Proven:       "Prouvé",
	Told:         "Selon vous",
	NotYet:       "Pas encore",
	Saved:        "Enregistré",
	SavedText:    "Enregistré ici. Rien n’est encore arrivé qui prouve que c’est juste.",
	Failing:      "Ne fonctionne plus",
	Next:         "À faire",
	ToldBy:       func(who string) string { return "Coché par " + who },
	FailingSince: func(since string) string { return "Cela fonctionnait, et échoue depuis " + since + "." },
	Done:         "C’est fait",
	Undo:         "Pas encore fait",
	DoneOf:       func(step string) string { return "C’est fait\u00a0: " + step },
	UndoOf:       func(step string) string { return "Pas encore fait\u00a0: " + step },

	SignUpGo:      "Ouvrir le formulaire de l’eHealth Centre of Excellence",
	PortalGo:      "Ouvrir le portail d’Ocean",
	ListingsGo:    "Ouvrir Directory Listings dans Ocean",
	SiteGo:        "Aller au numéro de site",
	KeyGo:         "Aller à Authentification entrante",
	KeyShowGo:     "L’afficher",
	OAuthGo:       "Aller à Identifiants OAuth d’Ocean",
	Type:          "Type d’intégration",
	Name:          "Un nom, par exemple",
	ServiceID:     "External Service ID, par exemple",
	ServiceIDHint: "Le même pour chaque fiche\u00a0: le nom de l’intégration.",
	KeyReady:      "Enregistrée ici.",
	KeyMissing:    "Pas encore enregistrée ici\u00a0: l’étape précédente la crée.",
	Listings:      "Fiches pour lesquelles des aiguillages sont arrivés",
	Bound:         "Liée\u00a0: les aiguillages arrivent",

	By: map[string]StepText{
		StepSignUp: {
			Title: "S’inscrire à l’aiguillage électronique",
			Why: "L’eHealth Centre of Excellence (eCE) gère l’aiguillage électronique (eReferral) pour l’Ontario eServices Program et " +
				"aide à chaque étape. C’est lui qu’il faut appeler si une étape bloque; pour le portail lui-même, appelez le soutien " +
				"technique d’Ocean.",
			Do: "Remplissez le formulaire eReferral de l’eCE.\n" +
				"Appuyez sur `Sign up here`, au bas de la fenêtre de connexion d’Ocean.\n" +
				"Gardez à portée de main le guide Getting Started d’Ocean; il explique comment créer le compte.",
			Proof: "Le site de cette clinique dans Ocean envoie des messages",
		},
		StepAccount: {
			Title: "Créer le compte et le site",
			Why:   "Votre clinique y choisit une clé de chiffrement partagée. Breakwater ne la demande jamais.",
			Do: "Créez votre compte d’utilisateur dans Ocean.\n" +
				"Créez le site de la clinique.\n" +
				"Copiez la clé de chiffrement partagée et gardez-la en lieu sûr, là où la clinique la retrouvera\u00a0: personne ne peut la " +
				"rétablir.",
			Proof: "Le site de cette clinique dans Ocean envoie des messages",
		},
		StepSite: {
			Title: "Saisir le numéro de site",
			Why:   "Il distingue les aiguillages que cette clinique reçoit de ceux qu’elle envoie.",
			Do: "Copiez le numéro de site (Site Number) depuis `Menu > Admin > Site Account`.\n" +
				"Saisissez-le ici, puis appuyez sur Enregistrer les paramètres d’Ocean.",
			Proof: "Un aiguillage destiné à ce numéro de site est arrivé",
		},
		StepCloudConnect: {
			Title: "Activer Cloud Connect",
			Why:   "Ocean garde les aiguillages chiffrés. Cloud Connect les ouvre pour l’intégration; sans lui, rien n’est envoyé.",
			Do: "Cochez `Enable Ocean Cloud Connect` sous `Menu > Admin > Site Features`.\n" +
				"Appuyez sur `Go to Cloud Connect`. Il faut s’y connecter de nouveau, comme Site Admin et avec l’authentification à deux " +
				"facteurs.\n" +
				"Appuyez sur `Store my encryption key`, saisissez la clé de chiffrement partagée, puis appuyez sur `Save`. `Menu > Admin > " +
				"Encryption` affiche la clé.",
			Proof: "Ocean a appelé avec une clé d’ici, et seul Cloud Connect le fait",
		},
		StepKey: {
			Title: "Générer la clé",
			Why:   "Ocean la présente avec chaque aiguillage qu’il transmet.",
			Do: "Appuyez sur Générer sous Authentification entrante.\n" +
				"Appuyez sur Enregistrer les paramètres d’Ocean\u00a0: la clé est valide dès ce moment.",
			Proof: "Un message est arrivé avec une clé enregistrée ici",
		},
		StepIntegration: {
			Title: "Inscrire l’intégration",
			Why:   "Elle indique à Ocean où cette clinique reçoit ses aiguillages.",
			Do: "Ouvrez `Menu > Admin > Integrations > Register an Integration`.\n" +
				"Saisissez ce qui figure ci-dessous.\n" +
				"Si cette clinique envoie aussi des aiguillages, cochez ce que demande la dernière étape.\n" +
				"Appuyez sur `Save`.",
			Proof: "Un message est arrivé avec la bonne clé",
		},
		StepListings: {
			Title: "Lier chaque fiche du répertoire",
			Why:   "Un aiguillage s’adresse à une fiche. Une fiche qui n’est pas liée n’envoie rien ici, et personne n’en est avisé.",
			Do: "Ouvrez chaque fiche sous `Menu > Admin > Directory Listings`.\n" +
				"Choisissez l’intégration sous `Advanced/Enablement`.\n" +
				"Saisissez le même `External Service ID` dans chacune, puis enregistrez-la.",
			Proof: "Un aiguillage destiné à cette clinique est arrivé",
		},
		StepCredentials: {
			Title: "Créer les identifiants OAuth",
			Why:   "Avec eux, Breakwater récupère les documents dans Ocean.",
			Do: "Ouvrez `Menu > Admin > Manage Credentials > Manage OAuth Credentials`, dans la section Integrations.\n" +
				"Saisissez un nom, puis appuyez sur `Add New Credential`. La clé de chiffrement partagée y est demandée.\n" +
				"Copiez ici le Client ID et le Secret, puis appuyez sur Enregistrer les paramètres d’Ocean. Inutile d’actualiser la page.\n" +
				"Appuyez sur Tester la connexion.",
			Proof: "Ocean accepte les identifiants",
		},
		StepCopies: {
			Title: "Recevoir des copies des aiguillages envoyés",
			Why:   "Ce que cette clinique envoie figure alors à côté de ce qu’elle reçoit.",
			Do: "Ouvrez l’intégration sous `Menu > Admin > Integrations`.\n" +
				"Cochez `Allow a copy of the referral to be sent to this endpoint when a new referral is sent from this site`.\n" +
				"Appuyez sur `Save`.",
			Proof: "Une copie d’un aiguillage envoyé est arrivée",
		},
	},
}

var selfTestFR = SelfTestText{
	Title:     "Paramètres > Aiguillage > Autotest",
	Lead:      "Envoie des messages à l’adresse publique de cette clinique, comme Ocean le ferait.",
	WhatTitle: "Ce qu’il fait",
	What: "Il passe par l’adresse publique, et vérifie donc aussi le pare-feu et le mandataire inverse.\n" +
		"Il utilise des clés jetables, qui ne servent à rien d’autre.\n" +
		"Il transmet un aiguillage inventé, puis le supprime.\n" +
		"Le journal d’audit garde la trace de son passage.",
	Run:          "Lancer l’autotest",
	Results:      "Ce qu’il a constaté",
	WholeTitle:   "Tout est en ordre",
	WholeText:    "Un message d’Ocean peut entrer ici, et rien d’autre.",
	WrongTitle:   func(n int) string { return countFR(n, "point à corriger", "points à corriger") },
	WrongText:    "Chacun indique ci-dessous quoi faire. Relancez l’autotest ensuite.",
	UntriedTitle: "Tout n’a pas pu être essayé d’ici",
	UntriedText:  "Cela ne veut pas dire que quelque chose ne va pas. Un message d’Ocean prouvera le reste.",
	Answer:       func(status int) string { return "Réponse\u00a0: HTTP\u00a0" + strconv.Itoa(status) },
	Tries: map[SelfTestTry]Explained{
		TryNoKey:     {"Un message sans clé", "Il a été refusé\u00a0: personne n’entre sans clé."},
		TryWrongKey:  {"Un message avec une mauvaise clé", "Il a été refusé\u00a0: deviner ne mène à rien."},
		TryRetired:   {"Un message avec une clé hors service", "Il a été refusé\u00a0: une clé mise hors service n’ouvre rien."},
		TryGood:      {"Un message avec une clé valide", "Il a été accepté\u00a0: la voie est ouverte de l’extérieur, et la clé arrive."},
		TryDuplicate: {"Le même message une seconde fois", "Il a été reconnu\u00a0: ce qu’Ocean répète n’est gardé qu’une fois."},
		TryMalformed: {"Un message mal formé", "Il a été refusé, avec un motif qu’Ocean communique."},
		TryLarge:     {"Un message de 10\u00a0Mo", "Il a été accepté\u00a0: rien en chemin ne coupe les gros messages."},
		TryTooLarge:  {"Un message de plus de 25\u00a0Mo", "Il a été refusé\u00a0: personne ne peut remplir le disque ainsi."},
	},
	Outcomes: map[SelfTestOutcome]Explained{
		OutcomeProven: {"Prouvé", "C’est en ordre."},
		OutcomeUnreachable: {"Impossible à essayer d’ici", "Cette machine ne peut pas joindre elle-même l’adresse. Cela ne veut pas dire " +
			"qu’Ocean ne le peut pas\u00a0: bien des réseaux ne laissent personne joindre leur adresse publique de l’intérieur."},
		OutcomeCertificate: {"Impossible à essayer d’ici", "Cette machine ne fait pas confiance au certificat de l’adresse. Si Ocean " +
			"affiche lui aussi un avertissement, installez la chaîne complète du certificat."},
		OutcomeElsewhere: {"Quelqu’un d’autre répond", "Ce qui répond à cette adresse n’est pas Breakwater. Vérifiez BREAKWATER_BASE_URL, " +
			"et où le mandataire inverse envoie /public/ocean/fhir_bundles."},
		OutcomeStripped: {"Clé retirée en chemin", "Votre mandataire inverse retire l’en-tête Referral-Integration-API-Key. Faites-lui " +
			"transmettre tous les en-têtes tels quels."},
		OutcomeLimited: {"Limite trop basse", "Votre mandataire inverse limite la taille des messages. Permettez 25\u00a0Mo (nginx\u00a0: " +
			"client_max_body_size 25m)."},
		OutcomeRefused: {"Autre réponse", "Breakwater a répondu autrement qu’il ne le devrait. Il manque peut-être d’espace, ou il est occupé\u00a0: " +
			"consultez son journal, puis relancez l’autotest."},
		OutcomeLetIn: {"Laissé entrer", "Ce qui devrait être refusé est entré. Retirez l’adresse d’Internet jusqu’à ce que la personne " +
			"responsable de Breakwater ait vérifié."},
	},
	LetInLarge: "Un message de n’importe quelle taille passe. Limitez-la à 25\u00a0Mo dans le mandataire inverse, et avisez la personne " +
		"responsable de Breakwater.",
	LetInRetired: "Une clé hors service ouvre encore. Retirez l’adresse d’Internet jusqu’à ce que la personne responsable de Breakwater " +
		"ait vérifié.",
}

var missedFR = MissedText{
	BackTitle: "Sont-ils revenus?",
	BackWhy:   "Une fois qu’Ocean les a renvoyés, le rappel n’a plus lieu d’être.",
	Back:      "Ils sont revenus",

	Title: "Paramètres > Aiguillage > Messages manqués",
	Lead: "Ocean répète un message pendant 96\u00a0heures. Ce qui n’a pu être transmis dans ce délai doit être renvoyé à la main. " +
		"Le portail d’Ocean est en anglais; les mots à y chercher figurent ici tels quels.",
	NothingTitle: "Rien à rattraper",
	NothingText:  "Ocean répète de lui-même ce qu’il n’a pas pu transmettre.",
	Window:       "Envoyés d’abord par Ocean",
	Between:      func(from, until string) string { return "Entre " + from + " et " + until },
	KnownTitle:   "Aiguillages connus parmi eux",
	KnownText:    func(n int) string { return countFR(n, "aiguillage", "aiguillages") },
	UnknownTitle: "On ne sait pas ici de quels aiguillages il s’agit",
	UnknownText:  "Le rapport d’Ocean pour cette période les énumère. Il ne contient aucun nom de patient.",
	Download:     "Télécharger le CSV pour Bulk Actions",
	More: "Le fichier contient les 1\u00a0000\u00a0plus récentes, soit ce qu’Ocean prend à la fois. Une fois qu’elles sont ici, revenez " +
		"chercher les autres.",
	RepeatsTitle: "Ocean les répète encore",
	BulkTitle:    "Les renvoyer",
	BulkDo: "Ouvrez `Menu > Admin > Integrations > Bulk Actions`.\n" +
		"Choisissez le CSV\u00a0: jusqu’à 1\u00a0000\u00a0références, une par ligne, sans en-tête.\n" +
		"Choisissez `as new` pour les aiguillages qui ne sont pas dans Breakwater, ou `as updated` pour ceux qui y sont. Renvoyer un " +
		"aiguillage déjà présent ne nuit pas.",
	ExportTitle: "Trouver lesquels",
	ExportDo: "Ouvrez `Menu > Admin > Reports`, puis cherchez `Export Referral Analytic Data`.\n" +
		"Choisissez les jours de la période ci-dessus, puis appuyez sur `Export Referrals`.\n" +
		"Ne gardez que la colonne des références d’aiguillage, sans son en-tête, et enregistrez-la en CSV.",
}
