package views

import (
	"fmt"

	"breakwater/store"
)

var stepFR = SecondStepText{
	Title:         "Deuxième étape",
	Lead:          "Votre mot de passe est bon. Montrez que c’est bien vous.",
	UsePasskey:    "Utiliser votre clé d’accès",
	Code:          "Code",
	CodeHint:      "Les 6\u00a0chiffres que votre application d’authentification affiche en ce moment.",
	Go:            "Se connecter avec ce code",
	Lost:          "Utiliser plutôt un code de récupération",
	Recovery:      "Code de récupération",
	RecoveryHint:  "L’un des dix que vous avez gardés, comme 7k2m-0qrs-9vhd-4xyz. Chacun sert une seule fois.",
	GoRecovery:    "Se connecter avec ce code de récupération",
	Nothing:       "Si vous n’avez plus rien de tout cela, l’administration peut retirer vos deuxièmes étapes.",
	Again:         "Recommencer",
	PasskeyWrong:  "Cette clé d’accès n’a pas été acceptée. Réessayez, ou utilisez un autre moyen.",
	CodeWrong:     "Ce code n’est pas celui de ce moment, ou il a déjà servi. Attendez le prochain, puis saisissez-le.",
	RecoveryWrong: "Ce n’est aucun des codes de récupération qui vous restent. Vérifiez-le, puis réessayez.",
	Over:          "Cette connexion a pris trop de temps, ou il y a eu trop d’essais erronés. Recommencez.",
}

var factorsFR = FactorsText{
	Title:        "Deuxième étape",
	Lead:         "Ce que Breakwater demande en plus de votre mot de passe quand vous vous connectez.",
	Why:          "Quelqu’un qui apprend votre mot de passe ne peut pas se connecter sans elle.",
	Yours:        "Les vôtres",
	None:         "Aucune pour le moment. Votre mot de passe suffit pour entrer.",
	ByRole:       "Votre rôle exige une deuxième étape; la dernière ne peut donc pas être retirée.",
	AddedOn:      func(date string) string { return "Ajoutée le " + date },
	LastUsed:     "Dernière utilisation",
	NotUsed:      "Jamais utilisée",
	Rename:       "Renommer",
	Remove:       "Retirer",
	RenameNamed:  func(name string) string { return "Renommer\u00a0: " + name },
	RemoveNamed:  func(name string) string { return "Retirer\u00a0: " + name },
	Added:        "Votre deuxième étape est ajoutée. Elle sera demandée dès la prochaine connexion.",
	Renamed:      "La clé d’accès est renommée.",
	Removed:      "C’est retiré.",
	DueTitle:     "Votre rôle exige une deuxième étape",
	DueText:      "Ajoutez-en une pour continuer. Cela prend une minute.",
	ShortTitle:   "Votre mot de passe est trop court pour suffire seul",
	ShortText:    "Pour continuer, ajoutez une deuxième étape ou choisissez un mot de passe plus long.",
	LongerTitle:  "Un mot de passe plus long, à la place",
	LongerWhy:    func(n int) string { return "Sans deuxième étape, il lui faut au moins " + characters(n) + "." },
	LastRequired: "Votre rôle exige une deuxième étape. Ajoutez-en une autre, puis retirez celle-ci.",
	LastShort: func(n int) string {
		return "Votre mot de passe est trop court pour suffire seul. Choisissez-en un d’au moins " + characters(n) + " dans Compte, puis retirez ceci."
	},

	AddPasskey:     "Ajouter une clé d’accès",
	MakePasskey:    "Créer la clé d’accès",
	PasskeyWhy:     "Une clé d’accès reste sur votre appareil; elle ne peut être ni devinée ni livrée à un faux site.",
	PasskeyDo1:     "Votre navigateur demande où la garder\u00a0: sur cet ordinateur, sur votre téléphone ou sur une clé de sécurité.",
	PasskeyDo2:     "Elle sert ensuite de deuxième étape, ou vous connecte à elle seule, sans mot de passe.",
	PasskeyNumber:  func(n int) string { return fmt.Sprintf("Clé d’accès\u00a0%d", n) },
	Name:           "Nom",
	NameHint:       "Pour la reconnaître, par exemple Portable du travail.",
	RenameTitle:    "Renommer une clé d’accès",
	SaveName:       "Enregistrer le nom",
	PasskeyNotMade: "L’appareil n’a créé aucune clé d’accès utilisable par Breakwater. Réessayez, ou prenez un autre appareil.",
	PasskeyLate:    "Cela a pris trop de temps. Créez la clé d’accès de nouveau.",
	PasskeyKnown:   "Cet appareil a déjà une clé d’accès à vous.",
	PasskeyMany: func(n int) string {
		return "Vous avez " + countFR(n, "clé d’accès", "clés d’accès") + ", le plus qu’il puisse y en avoir. Retirez-en d’abord une."
	},
	SuspectTitle: "Cette clé d’accès a peut-être été copiée et n’est plus acceptée",
	SuspectText:  "Son compteur a reculé. Retirez-la, ajoutez-en une nouvelle et avertissez la personne responsable de la protection de la vie privée.",
	AskRemovePasskey: func(name string) Asked {
		return Asked{"Retirer la clé d’accès\u00a0: " + name, "Elle ne vous permettra plus de vous connecter. Retirez-la aussi de l’appareil.", "Retirer la clé d’accès"}
	},
	NoPasskeysTitle: "Les clés d’accès ne fonctionnent pas à cette adresse",
	NoPasskeysText:  "Il leur faut HTTPS et un nom dans l’adresse, ou localhost. Une application d’authentification fonctionne partout.",
	OrCode:          "Ou un code de votre application d’authentification",
	NoScript:        "Les clés d’accès exigent JavaScript, désactivé dans ce navigateur. Tout le reste fonctionne sans lui.",
	NoBrowser:       "Ce navigateur ne connaît pas les clés d’accès; un plus récent les connaît. Tout le reste fonctionne dans celui-ci.",
	CancelledTitle:  "Rien n’est venu de l’appareil",
	CancelledText:   "L’opération a été annulée ou a pris trop de temps. Appuyez de nouveau sur le bouton, ou utilisez un autre moyen.",

	App:           "Application d’authentification",
	AddApp:        "Ajouter une application d’authentification",
	AppInstead:    "Utiliser plutôt une application d’authentification",
	AppWhy:        "Une application sur votre téléphone affiche un nouveau code toutes les 30\u00a0secondes, même sans réseau.",
	AppDo1:        "Ayez une application d’authentification sur votre téléphone; n’importe laquelle convient, comme celle que votre clinique utilise déjà.",
	AppDo2:        "Affichez le code QR ici et numérisez-le avec l’application. Il reste valable 10\u00a0minutes.",
	ShowQR:        "Afficher le code QR",
	Scan:          "Numérisez ceci avec l’application\u00a0:",
	QR:            "Code QR pour l’application d’authentification. Le même secret figure en texte ci-dessous.",
	Type:          "Ou saisissez ce secret dans l’application",
	TypeHint:      "Selon l’heure, 6\u00a0chiffres, 30\u00a0secondes, SHA-1.",
	Secret:        "le secret",
	FirstCode:     "Code",
	FirstCodeHint: "Les 6\u00a0chiffres que l’application affiche en ce moment.",
	ConfirmApp:    "Confirmer le code",
	CodeMissing:   "Saisissez les 6\u00a0chiffres que l’application affiche.",
	CodeWrong:     "Ce n’est pas le code de ce moment. Vérifiez que l’horloge du téléphone est juste, puis saisissez le prochain.",
	SecretOld:     "Ce code QR est trop ancien. Affichez-en un nouveau.",
	Replace:       "Remplacer",
	ReplaceOf:     "Remplacer l’application d’authentification",
	AskRemoveApp:  Asked{"Retirer l’application d’authentification", "Ses codes cessent aussitôt de fonctionner. Supprimez aussi l’entrée dans l’application.", "Retirer l’application"},

	Codes:     "Codes de récupération",
	CodesLeft: func(n int) string { return countFR(n, "code restant", "codes restants") },
	FewTitle: func(n int) string {
		if n == 0 {
			return "Il ne reste aucun code de récupération"
		}
		return "Il ne reste que " + countFR(n, "code de récupération", "codes de récupération")
	},
	FewText:    "Créez-en de nouveaux avant d’en avoir besoin.",
	RenewCodes: "Créer de nouveaux codes",
	AskRenew:   Asked{"Créer de nouveaux codes de récupération", "Vous en recevez dix. Ceux que vous avez cessent aussitôt de fonctionner.", "Créer de nouveaux codes"},
	CodesTitle: "Gardez ces codes de récupération",
	CodesWhy:   "Chacun vous connecte une fois si vous perdez votre appareil. Ils ne s’affichent que maintenant\u00a0: imprimez-les, ou gardez-les avec vos mots de passe.",
	CodesKept:  "Je les ai gardés",
	RecoveredTitle: func(n int) string {
		if n == 0 {
			return "Vous avez utilisé votre dernier code de récupération"
		}
		return "Vous avez utilisé un code de récupération. Il en reste " + countFR(n, "code", "codes")
	},
	RecoveredText: "Si vous avez perdu un appareil, retirez-le ici et ajoutez-en un autre.",
}

var auditFactorsFR = AuditFactorsText{
	SignedInBy:  func(way string) string { return "Session ouverte par " + way },
	FactorWays:  factorWaysFR,
	FactorAsked: "Le mot de passe était bon; la deuxième étape a été demandée",
	FactorFailed: func(who, way string) string {
		if who == "" {
			return "Échec de la connexion par " + way + ", qui n’est à personne"
		}
		return "Échec de la deuxième étape par " + way + ". Compte\u00a0: " + who
	},
	PasskeyAdded:   func(name string) string { return "Clé d’accès ajoutée au compte\u00a0: " + quoteFR(name) },
	PasskeyRemoved: func(name string) string { return "Clé d’accès retirée du compte\u00a0: " + quoteFR(name) },
	PasskeyRenamed: func(from, to string) string {
		return "La clé d’accès " + quoteFR(from) + " s’appelle maintenant " + quoteFR(to)
	},
	PasskeySuspected: func(who string) string {
		return "Une clé d’accès a peut-être été copiée et n’est plus acceptée. Compte\u00a0: " + who
	},
	AppAdded:        "Application d’authentification ajoutée au compte",
	AppRemoved:      "Application d’authentification retirée du compte",
	CodesRenewed:    "Nouveaux codes de récupération créés",
	NotProvenBy:     func(way string) string { return "Échec de la confirmation par " + way },
	FactorsReset:    func(who string) string { return "Deuxièmes étapes retirées. Compte\u00a0: " + who },
	RoleRequires:    func(role string) string { return "Le rôle " + quoteFR(role) + " exige une deuxième étape" },
	RoleRequiresNot: func(role string) string { return "Le rôle " + quoteFR(role) + " n’exige plus de deuxième étape" },
}

var factorWaysFR = map[store.Factor]string{
	store.FactorPasskey: "une clé d’accès", store.FactorApp: "un code d’une application d’authentification",
	store.FactorRecovery: "un code de récupération", store.FactorAlone: "une clé d’accès comme seule étape",
}
