package views

var loginFR = LoginText{
	Title:    "Se connecter",
	Lead:     "Les aiguillages électroniques (eReferral) d’Ocean pour cette clinique.",
	Email:    "Courriel",
	Password: "Mot de passe",
	Button:   "Se connecter",
	Wrong:    "Ce courriel et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis réessayez.",
	TooMany: func(n int) string {
		return "Trop d’essais. Attendez " + countFR(n, "minute", "minutes") + ", puis réessayez."
	},
	Expired:      "Votre session a pris fin. Connectez-vous pour continuer.",
	NoUsersTitle: "Personne ne peut encore se connecter",
	NoUsersText: "Le premier compte d’administration se crée avec le lien de première utilisation. Breakwater " +
		"l’affiche au démarrage; la commande breakwater setup-link en affiche un nouveau.",
	Passkey:      "Se connecter avec une clé d’accès",
	PasskeyWrong: "Cette clé d’accès ne permet à personne d’entrer ici. Utilisez un autre moyen.",
	PasskeyLate:  "Cela a pris trop de temps. Réessayez.",
}

var setupFR = SetupText{
	Title: "Créer le premier compte d’administration",
	Lead: "Breakwater n’a encore aucun compte. La personne qui a celui-ci peut tout faire et peut ajouter les " +
		"autres.",
	Name:         "Nom",
	NameHint:     "Tel que vos collègues le connaissent. Il figure dans le journal d’audit.",
	Email:        "Courriel",
	EmailHint:    "Il vous sert à vous connecter.",
	Password:     "Mot de passe",
	PasswordHint: "15\u00a0caractères ou plus. Plusieurs mots forment un bon mot de passe.",
	Button:       "Créer le compte d’administration",
	DeadTitle:    "Ce lien ne fonctionne plus",
	DeadText: "Un lien de première utilisation ne sert qu’une fois, et pendant 24\u00a0heures. La commande " +
		"breakwater setup-link en affiche un nouveau.",
	DoneTitle: "Breakwater est déjà configuré",
	DoneText: "Le premier compte d’administration existe. Connectez-vous, ou demandez un compte à la personne qui " +
		"l’utilise.",
}

var accountFR = AccountText{
	Title:                "Compte",
	Lead:                 "Votre nom, l’apparence de Breakwater et votre mot de passe.",
	ProfileTitle:         "Vous",
	ProfileWhy:           "Vos collègues voient ce nom, et le journal d’audit le conserve.",
	Name:                 "Nom",
	Email:                "Courriel",
	EmailHint:            "Il vous sert à vous connecter.",
	Theme:                "Couleurs",
	ThemeSystem:          "Selon les réglages de cet ordinateur",
	ThemeLight:           "Claires",
	ThemeDark:            "Sombres",
	Language:             "Langue",
	LanguageBrowser:      "Celle que ce navigateur demande",
	LanguageEnglish:      "English",
	LanguageFrench:       "Français",
	SaveProfile:          "Enregistrer le compte",
	ProfileSaved:         "Votre compte est enregistré.",
	PasswordTitle:        "Mot de passe",
	PasswordWhy:          "Le changer ferme vos sessions partout ailleurs.",
	CurrentPassword:      "Mot de passe actuel",
	NewPassword:          "Nouveau mot de passe",
	NewPasswordHint:      "15\u00a0caractères ou plus. Plusieurs mots forment un bon mot de passe.",
	NewPasswordHintShort: "8\u00a0caractères ou plus, puisque vous avez une deuxième étape. Plusieurs mots forment un bon mot de passe.",
	ChangePassword:       "Changer le mot de passe",
	PasswordSaved:        "Votre mot de passe est changé.",
	PasswordSavedDetail:  "Votre session reste ouverte ici; elle est fermée partout ailleurs.",
	RightsTitle:          "Ce que vous pouvez faire",
	RightsWhy:            "S’il manque quelque chose, demandez-le à l’administration.",
	NoRights:             "Rien pour le moment. L’administration peut vous donner des autorisations.",
}

var errorsFR = ErrorText{
	EmailMissing: "Saisissez une adresse courriel.",
	EmailInvalid: func(s string) string {
		return "Saisissez une adresse courriel comme nom@clinique.ca. Vous avez saisi " + s + "."
	},
	EmailTaken:      func(s string) string { return s + " a déjà un compte. Saisissez une autre adresse courriel." },
	PasswordMissing: "Saisissez un mot de passe.",
	PasswordShort:   func(n int) string { return "Saisissez un mot de passe d’au moins " + characters(n) + "." },
	PasswordLong:    func(n int) string { return "Saisissez un mot de passe d’au plus " + characters(n) + "." },
	PasswordCommon: "Ce mot de passe est parmi les premiers que l’on essaierait pour le deviner. Saisissez-en un " +
		"autre.",
	PasswordOwn: "Ce mot de passe n’est guère plus que votre nom, celui de la clinique ou celui de Breakwater. Saisissez-en " +
		"un autre.",
	CurrentWrong:    "Ce n’est pas votre mot de passe actuel. Saisissez-le de nouveau.",
	ThemeUnknown:    "Choisissez l’une des trois possibilités.",
	LanguageUnknown: "Choisissez l’une des trois possibilités.",
}

func characters(n int) string { return countFR(n, "caractère", "caractères") }

var failuresFR = FailureText{
	ByStatus: map[int]Explained{
		400: {"Cette demande n’a pas pu être lue", "Revenez en arrière, rechargez la page et réessayez."},
		401: {"Votre session est fermée", "Connectez-vous de nouveau pour continuer. Rien n’a été modifié."},
		403: {"Vous n’avez pas accès à cette page", "Vos autorisations ne la comprennent pas, ou le formulaire venait " +
			"d’un autre site. Si votre travail l’exige, demandez l’accès à l’administration."},
		404: {"Il n’y a rien ici", "L’adresse est peut-être mal saisie, ou ce qu’elle désignait n’existe plus."},
		405: {"Cela ne peut pas se faire ici", "Revenez en arrière, rechargez la page et réessayez."},
		409: {"Cela a changé entre-temps", "Quelqu’un d’autre, ou Ocean, a été plus rapide. Rien n’a été fait. Revenez en arrière pour voir l’état actuel."},
		413: {"L’envoi était trop volumineux", "Envoyez-en moins à la fois. Rien n’a été modifié."},
		421: {"Ce n’est pas l’adresse de Breakwater", "Continuez à l’adresse ci-dessous. Si ce n’est pas celle que la clinique utilise, la personne " +
			"responsable de Breakwater la règle avec BREAKWATER_BASE_URL."},
		429: {"Trop d’essais", "Attendez quelques minutes, puis réessayez."},
		500: {"Breakwater n’a pas pu faire cela", "Rien n’a été modifié. Réessayez; si cela se reproduit, avertissez " +
			"la personne responsable de Breakwater et donnez-lui la référence ci-dessous."},
		503: {"Breakwater est occupé ou manque d’espace", "Rien n’a été modifié. Réessayez dans une minute; si cela " +
			"persiste, avertissez la personne responsable de Breakwater."},
	},
	Plain: func(address string) string {
		return "Rien n’est accepté par HTTP non chiffré, et rien n’a été lu. Utilisez " + address + "."
	},
	Other:     Explained{"Cela n’a pas fonctionné", "Rien n’a été modifié. Revenez en arrière et réessayez."},
	Back:      "Revenir à la première page",
	SignIn:    "Se connecter",
	Reference: "Référence pour le soutien technique",
	DiskFull: Explained{"Le disque est plein", "Rien n’a été modifié, et rien de plus n’est conservé tant que la place manque. Avertissez " +
		"la personne qui s’occupe de la machine de Breakwater; ce qui s’y trouve reste lisible."},
}
