package views

var oceanFR = OceanText{
	Title: "Paramètres > Aiguillage > Ocean",
	Lead: "Dans l’ordre de l’article d’aide. Enregistrez après n’importe quelle section; les autres peuvent rester " +
		"vides jusqu’à ce que vous y arriviez.",
	Save:         "Enregistrer les paramètres d’Ocean",
	Saved:        "Enregistré. Inutile d’actualiser la page.",
	DroppedTitle: "Le Secret enregistré a été supprimé",
	DroppedText:  "Il appartenait à l’hôte Ocean utilisé auparavant. Saisissez le Secret du nouvel hôte, puis enregistrez.",

	ErrorsTitle:    "Pas encore enregistré",
	ErrorsText:     "Quelque chose ci-dessous est à revoir. Ce que vous avez saisi est toujours là.",
	ConflictsTitle: "Quelqu’un d’autre a enregistré ces paramètres entre-temps",
	ConflictsText: "Rien de votre saisie n’est encore enregistré. Les deux valeurs figurent à chaque champ; " +
		"enregistrer de nouveau garde les vôtres.",
	Conflict: func(theirs, yours string) string {
		switch {
		case theirs == "":
			return "Quelqu’un d’autre a vidé ce champ entre-temps; vous avez saisi " + yours +
				". Enregistrer de nouveau garde votre valeur."
		case yours == "":
			return "Quelqu’un d’autre a enregistré " + theirs + " entre-temps; vous avez vidé le champ. " +
				"Enregistrer de nouveau le laisse vide."
		}
		return "Quelqu’un d’autre a enregistré " + theirs + " entre-temps; vous avez saisi " + yours +
			". Enregistrer de nouveau garde votre valeur."
	},
	SecretConflict: func(who string) string {
		if who == "" {
			return "Quelqu’un d’autre a supprimé le Secret entre-temps. Saisissez de nouveau le vôtre pour l’enregistrer."
		}
		return who + " a enregistré un Secret entre-temps. Saisissez de nouveau le vôtre pour le remplacer, ou laissez " +
			"le champ vide pour garder le sien."
	},
	SecretAgain: "Saisissez de nouveau le Secret\u00a0: un Secret n’est jamais renvoyé au navigateur.",

	SiteNumber:     "Numéro de site",
	SiteNumberHint: "4 à 7\u00a0chiffres. Dans Ocean\u00a0: Menu > Admin > Site Account.",

	Inbound:       "Authentification entrante",
	InboundWhy:    "Ocean présente cette clé avec chaque aiguillage qu’il transmet. Sans elle, rien n’est accepté.",
	NoKeyTitle:    "Aucune clé pour le moment",
	NoKeyText:     "Générez-en une, enregistrez, puis saisissez-la dans Ocean. Elle est valide dès l’enregistrement.",
	Generate:      "Générer",
	GenerateFirst: "Crée une clé de 256\u00a0bits.",
	GenerateNext:  "Crée une nouvelle clé. L’actuelle reste valide jusqu’à ce que vous la mettiez hors service.",
	GenerateAgain: "Crée une autre clé à la place de celle qui n’est pas enregistrée.",
	GenerateTwo: "Deux clés sont valides, afin qu’Ocean ait toujours accès pendant que vous la changez. Pour en générer " +
		"une autre, mettez d’abord la plus ancienne hors service.",
	Key:          "Clé",
	KeyHidden:    "La clé est masquée.",
	KeyShow:      "L’afficher avec votre mot de passe",
	KeyDraft:     "Pas encore enregistrée",
	KeyValid:     "Valide",
	KeyOlder:     "Valide, plus ancienne",
	KeyDraftText: "Elle devient valide avec «\u00a0Enregistrer les paramètres d’Ocean\u00a0». D’ici là, elle attend ici, même si vous fermez la session.",
	KeyCopyNow:   "Copiez-la maintenant dans Ocean. Elle est masquée après 10\u00a0minutes et peut s’afficher de nouveau.",
	KeyOlderText: "Une fois qu’Ocean utilise la nouvelle clé, mettez celle-ci hors service.",
	KeyMade:      "Générée",
	KeyBy:        "Par",
	KeyUsed:      "Dernière utilisation",
	KeyNotUsed:   "Ocean n’a pas encore utilisé cette clé.",
	KeyUsesNew:   func(last string) string { return "Ocean utilise la nouvelle clé, la dernière fois à " + last },
	KeyUsesOld: func(last string) string {
		return "Ocean utilise encore cette clé, la dernière fois à " + last +
			". Copiez la nouvelle dans Ocean, puis mettez celle-ci hors service."
	},
	KeyUsesBoth: func(last string) string {
		return "Ocean utilise les deux clés, celle-ci la dernière fois à " + last +
			". Cherchez dans Ocean une seconde intégration qui l’a encore."
	},
	KeyUsesNewText: "Vous pouvez mettre celle-ci hors service\u00a0: plus rien n’en dépend.",
	RefusedTitle:   "Ocean utilise déjà la nouvelle clé\u00a0: enregistrez-la",
	RefusedText:    "Son appel a été refusé, parce que la clé n’est pas valide avant d’être enregistrée.",
	RefusedAt:      "Appel refusé",
	Retire:         "Mettre hors service",
	RetireOf:       "Mettre hors service la clé la plus ancienne",
	ShowTitle:      "Afficher la clé de nouveau",
	ShowWhy:        "Les clés valides figurent alors ci-dessus pendant 10\u00a0minutes. Le journal d’audit le note.",
	ShowButton:     "Afficher la clé",
	InOcean:        "À saisir dans Ocean",
	InOceanText:    "Menu > Admin > Integrations > Register an Integration",
	InOceanGo:      "Ouvrir Integrations dans Ocean",
	RequestURL:     "Request URL",
	HeaderName:     "Header Name",
	Payload:        "Payload type",
	PayloadValue:   "FHIR v0.11.1",
	Method:         "Authentification",
	MethodValue:    "API Key Authentication",
	CopyScheme:     func(scheme string) string { return "Copier avec " + scheme },
	CopySchemeOf:   func(scheme string) string { return "Copier avec " + scheme + "\u00a0: Request URL" },

	OAuth: "Identifiants OAuth d’Ocean",
	OAuthWhy: "Avec eux, Breakwater se connecte à Ocean pour cette clinique. Dans Ocean\u00a0: Menu > Admin > Manage " +
		"Credentials > Manage OAuth Credentials.",
	OAuthGo:        "Ouvrir Credentials dans Ocean",
	ClientID:       "Client ID",
	Secret:         "Secret",
	SecretHintNew:  "Il ne s’affiche plus une fois enregistré.",
	SecretHintKeep: "Laissez le champ vide pour garder celui qui est enregistré. Ce que vous saisissez le remplace.",
	SecretSaved:    "Enregistré",
	SecretMissing:  "Aucun Secret n’est enregistré",
	SecretSetBy:    func(who string) string { return "Défini par " + who },
	SecretRemove:   "Supprimer",
	SecretRemoveOf: "Supprimer le Secret",
	Test:           "Tester la connexion",
	TestHint:       "Teste ce qui figure ici. Un hôte qui n’est pas encore enregistré demande que son Secret soit saisi.",
	TestAccepted:   "Ocean accepte ces identifiants",
	TestTyped:      "Le test a porté sur votre saisie. Enregistrez-la pour l’utiliser.",
	TestHost:       func(name string) string { return "Test avec " + name },
	TestBy:         func(name string) string { return "par " + name },
	TestUnsaved:    "Le test a porté sur votre saisie. Elle n’est pas enregistrée.",
	LastTest:       "Dernier test de ce qui est enregistré",
	TestNever:      "Jamais",

	Host:           "Hôte Ocean",
	HostWhy:        "Production, à moins que le soutien technique d’Ocean ne vous ait indiqué autre chose.",
	HostDrops:      "Changer d’hôte supprime le Secret enregistré\u00a0: il ne va qu’à l’hôte auquel il était destiné.",
	HostProduction: "Production (ocean.cognisantmd.com)",
	HostTest:       "Essai (test.cognisantmd.com)",
	HostOther:      "Autre",
	HostAddress:    "Adresse de l’autre hôte",
	HostOtherHint:  "https:// et un nom, par exemple https://ocean.example.ca. Sert quand Autre est choisi.",
	SiteNumberWrong: func(s string) string {
		return "Saisissez le numéro de site, soit 4 à 7\u00a0chiffres. Vous avez saisi " + s + "."
	},
	HostWrong: func(s string) string {
		if s == "" {
			return "Saisissez l’adresse de l’autre hôte, par exemple https://ocean.example.ca."
		}
		return "Saisissez l’hôte Ocean sous la forme https:// et un nom, sans chemin. Vous avez saisi " + s + "."
	},
	TooLong: func(n int) string {
		return "Cette valeur dépasse " + characters(n) + " ou contient des sauts de ligne. Copiez-la de nouveau depuis Ocean."
	},
	KeyGone: "Quelqu’un a généré une autre clé entre-temps; celle-ci ne sera donc jamais valide. Copiez dans Ocean la clé affichée maintenant, puis enregistrez.",
	TwoKeys: "Deux clés sont déjà valides. Mettez d’abord la plus ancienne hors service.",
}
