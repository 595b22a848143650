package views

var peopleFR = PeopleText{
	Title:      "Paramètres > Personnes",
	Lead:       "Qui peut se connecter, et ce que chaque personne peut faire.",
	Add:        "Ajouter une personne",
	List:       "Personnes, par courriel",
	Name:       "Nom",
	Email:      "Courriel",
	Roles:      "Rôles",
	Also:       "Peut aussi",
	State:      "État",
	You:        "Vous",
	NoRoles:    "Aucun",
	NoExtra:    "Rien d’autre",
	Active:     "Actif",
	Disabled:   "Désactivé",
	Invited:    "Invitation en attente",
	AloneTitle: "Vous êtes la seule personne pour le moment",
	AloneText: "Ajoutez chaque personne qui s’occupe des aiguillages, afin que le journal d’audit puisse dire qui a " +
		"fait quoi.",

	LinkTitle: func(email string) string { return "Lien à usage unique pour " + email },
	LinkText: "Remettez-le vous-même à la personne; Breakwater n’envoie aucun courriel. Il sert une seule fois, " +
		"pendant 24\u00a0heures, et ne s’affiche que maintenant.",
	Link: "Lien à usage unique",

	NewTitle:  "Ajouter une personne",
	NewLead:   "Vous recevez un lien à usage unique à lui remettre. Avec ce lien, la personne choisit un mot de passe.",
	Back:      "Personnes",
	WhoTitle:  "Qui",
	WhoWhy:    "Chaque personne peut changer son propre nom plus tard.",
	NameHint:  "Tel que ses collègues le connaissent.",
	EmailHint: "Il sert à cette personne à se connecter.",

	RolesTitle:       "Rôles",
	RolesWhy:         "Un rôle accorde plusieurs autorisations à la fois.",
	Grants:           "Accorde\u00a0:",
	GrantsNothing:    "N’accorde rien pour le moment.",
	RoleBeyond:       "Il accorde quelque chose que vous n’avez pas; vous ne pouvez donc pas le donner.",
	PermissionsTitle: "Autorisations",
	PermissionsWhy:   "Toutes celles qui existent, et d’où vient chacune. Cochez-en une pour l’accorder à cette seule personne.",
	FromRole:         func(role string) string { return "Rôle\u00a0: " + role },
	Individual:       "À titre individuel",
	ByRole:           "Un rôle l’accorde; elle ne peut donc pas être enlevée ici. Décochez le rôle, ou modifiez-le.",
	NotHeld:          "Vous ne l’avez pas; vous ne pouvez donc pas l’accorder.",
	SaveTitle:        "Enregistrer",
	SaveWhy:          "Votre mot de passe est demandé, afin que personne d’autre ne le fasse à votre écran.",
	Save:             "Enregistrer les autorisations",
	Saved:            "Enregistré. Cela prend effet dès la prochaine action de cette personne.",
	SelfTitle:        "C’est vous",
	SelfText: "Ce que vous vous enlevez, une autre personne doit vous le redonner. Votre nom et votre mot de passe se " +
		"trouvent dans Compte.",
	BeyondTitle: "Vous ne pouvez pas modifier cette personne",
	BeyondText:  "Cette personne peut faire des choses que vous ne pouvez pas faire. Adressez-vous à l’administration.",

	AccessTitle:      "Connexion",
	AccessWhy:        "Chacune de ces actions demande une confirmation avant de s’exécuter.",
	MakeLink:         "Créer un lien à usage unique",
	MakeLinkText:     "Pour un mot de passe oublié. Le mot de passe actuel cesse aussitôt de fonctionner.",
	NewLinkText:      "Cette personne n’a pas encore choisi de mot de passe. Un nouveau lien remplace le précédent.",
	Disable:          "Désactiver",
	DisableText:      "Pour quelqu’un qui est parti ou en congé. Cela peut s’annuler.",
	Enable:           "Réactiver",
	EnableText:       "Cette personne ne peut pas se connecter en ce moment. Réactiver lui rend ce qu’elle avait auparavant.",
	ResetFactors:     "Retirer les deuxièmes étapes",
	ResetFactorsText: "Pour quelqu’un qui a perdu ses clés d’accès, son téléphone et ses codes de récupération.",
	HasFactor:        "Deuxième étape",
	FactorDue:        "Deuxième étape à ajouter",

	Beyond: "Vous ne pouvez pas accorder ce que vous n’avez pas vous-même. Rien n’a été enregistré.",
	LastAdmin: "C’est le dernier compte d’administration actif. Donnez d’abord le rôle «\u00a0Administration\u00a0» à une " +
		"autre personne.",
	RoleGone: "L’un des rôles a été supprimé entre-temps. Revoyez les rôles, puis enregistrez.",
}

var rolePagesFR = RolesText{
	Title:       "Paramètres > Rôles",
	Lead:        "Un rôle est un ensemble d’autorisations qui porte un nom. Une personne peut en avoir plusieurs.",
	Make:        "Créer un rôle",
	List:        "Rôles",
	Name:        "Rôle",
	Permissions: "Autorisations",
	People:      "Personnes",
	CountPeople: func(n int) string {
		if n == 0 {
			return "Aucune"
		}
		return countFR(n, "personne", "personnes")
	},
	Everything: "Tout",
	Nothing:    "Rien pour le moment",
	Saved:      "Enregistré. Cela prend effet dès la prochaine action de chaque personne.",

	NewTitle:         "Créer un rôle",
	NewLead:          "Nommez-le d’après le travail, par exemple Accueil du soir.",
	Back:             "Rôles",
	NameTitle:        "Nom",
	NameHint:         "Au plus 60\u00a0caractères.",
	PermissionsTitle: "Autorisations",
	PermissionsWhy:   "Ce que peut faire chaque personne qui a ce rôle.",
	InUse: func(n int) string {
		if n == 0 {
			return "Personne n’a encore ce rôle."
		}
		return countFR(n, "personne a", "personnes ont") + " ce rôle. Toute modification prend effet aussitôt."
	},
	FixedTitle: "Le rôle Administration accorde toujours tout",
	FixedText:  "Quelqu’un doit pouvoir tout faire; ce rôle ne peut donc être ni modifié ni supprimé.",
	SaveTitle:  "Enregistrer",
	Save:       "Enregistrer le rôle",

	Factor:        "Deuxième étape",
	FactorOn:      "Chaque personne qui a ce rôle doit avoir une deuxième étape pour se connecter.",
	FactorOff:     "Les personnes qui ont ce rôle peuvent se connecter avec leur seul mot de passe.",
	RequireFactor: "Exiger une deuxième étape",
	NoFactor:      "Ne plus l’exiger",

	RemoveTitle: "Supprimer",
	Remove:      "Supprimer le rôle",
	RemoveText:  "Personne n’a ce rôle; il peut donc être supprimé.",
	RemoveNot: func(n int) string {
		return "Il pourra être supprimé quand personne ne l’aura plus. En ce moment, " +
			countFR(n, "personne l’a", "personnes l’ont") + "."
	},

	NameMissing: "Saisissez un nom.",
	NameLong:    func(n int) string { return "Saisissez un nom d’au plus " + characters(n) + "." },
	NameTaken:   "Un rôle porte déjà ce nom. Saisissez un autre nom.",
	Beyond:      "Vous ne pouvez pas accorder ce que vous n’avez pas vous-même. Rien n’a été enregistré.",
	Fixed:       "Ce rôle ne peut être ni modifié ni supprimé.",
}

// Names stand after a colon, à or pour: after de, one that starts with a vowel would need d’.
var confirmFR = ConfirmText{
	Password:        "Votre mot de passe",
	PasswordHint:    "Celui qui vous sert à vous connecter.",
	PasswordMissing: "Saisissez votre mot de passe.",
	PasswordWrong:   "Ce n’est pas votre mot de passe. Saisissez-le de nouveau.",
	Back:            "Revenir",
	RetireKey: Asked{"Mettre la clé la plus ancienne hors service", "Elle cesse aussitôt de fonctionner. Si Ocean " +
		"l’utilise encore, les aiguillages sont refusés jusqu’à ce que la nouvelle clé soit saisie dans Ocean.",
		"Mettre l’ancienne clé hors service"},
	RemoveSecret: Asked{"Supprimer le Secret", "Breakwater ne pourra plus se connecter à Ocean pour cette clinique " +
		"tant qu’un nouveau Secret ne sera pas saisi. Les aiguillages continueront d’arriver.", "Supprimer le Secret"},
	Disable: func(name string) Asked {
		return Asked{"Désactiver le compte\u00a0: " + name, "Les sessions de cette personne se ferment aussitôt, et elle " +
			"ne peut plus se connecter. Rien n’est perdu, et Réactiver lui rend tout.", "Désactiver"}
	},
	Enable: func(name string) Asked {
		return Asked{"Réactiver le compte\u00a0: " + name, "Cette personne peut de nouveau se connecter, avec le même mot " +
			"de passe et les mêmes autorisations qu’auparavant.", "Réactiver"}
	},
	Link: func(name string) Asked {
		return Asked{"Créer un lien à usage unique pour " + name, "Il permet à cette personne de choisir un nouveau mot " +
			"de passe. Le mot de passe actuel cesse aussitôt de fonctionner, et ses sessions sont fermées partout.",
			"Créer le lien à usage unique"}
	},
	ResetFactors: func(name string) Asked {
		return Asked{"Retirer les deuxièmes étapes\u00a0: " + name, "Ses clés d’accès, son application et ses codes de récupération cessent " +
			"aussitôt de fonctionner, et ses sessions se ferment. Assurez-vous d’abord que c’est bien cette personne qui le demande.", "Retirer les deuxièmes étapes"}
	},
	RequireFactor: func(role string) Asked {
		return Asked{"Exiger une deuxième étape\u00a0: rôle " + quoteFR(role), "Les personnes qui ont ce rôle et n’en ont pas encore ne pourront rien " +
			"faire d’autre que d’en ajouter une, dès leur prochaine action.", "Exiger une deuxième étape"}
	},
	NoFactor: func(role string) Asked {
		return Asked{"Ne plus exiger de deuxième étape\u00a0: rôle " + quoteFR(role), "Ces personnes pourront retirer la leur, et un mot de passe " +
			"volé suffira alors pour entrer.", "Ne plus l’exiger"}
	},
	RemoveRole: func(name string) Asked {
		return Asked{"Supprimer le rôle " + quoteFR(name), "Personne ne l’a; personne n’y perd donc rien. Le " +
			"journal d’audit conserve ce qu’il était.", "Supprimer le rôle"}
	},
}

var welcomeFR = WelcomeText{
	Title:        "Choisir votre mot de passe",
	Lead:         func(name, email string) string { return "Pour " + name + ", qui se connecte avec " + email + "." },
	Password:     "Mot de passe",
	PasswordHint: "15\u00a0caractères ou plus. Plusieurs mots forment un bon mot de passe.",
	Button:       "Enregistrer le mot de passe et se connecter",
	DeadTitle:    "Ce lien ne fonctionne plus",
	DeadText: "Un lien à usage unique sert une seule fois, pendant 24\u00a0heures. Demandez-en un nouveau à la personne " +
		"qui vous l’a donné.",
}
