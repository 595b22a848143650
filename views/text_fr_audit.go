package views

import (
	"strconv"
	"strings"

	"breakwater/store"
)

// The sentences keep clear of what a name would bend: de before a vowel, and participles of a gender.
var auditFR = AuditText{
	Title:     "Paramètres > Journal d’audit",
	Lead:      "Qui a fait quoi, et quand. Personne ne peut le modifier sans laisser de trace.",
	Filters:   "Filtrer",
	Actor:     "Personne",
	AnyActor:  "Tout le monde",
	Action:    "Action",
	AnyAction: "Toutes les actions",
	From:      "Du (AAAA-MM-JJ)",
	Until:     "Au (AAAA-MM-JJ)",
	AllOf:     func(kind string) string { return kind + "\u00a0: tout" },
	Show:      "Afficher",
	ShowAll:   "Tout afficher",
	DateWrong: func(s string) string {
		return "Saisissez une date sous la forme AAAA-MM-JJ. Vous avez saisi " + s + "."
	},
	Verify:     "Vérifier maintenant",
	NeverTitle: "Le journal d’audit n’a jamais été vérifié ici",
	NeverText:  "La vérification le lit depuis la première entrée et révèle si une entrée a été modifiée ou enlevée.",
	WholeTitle: func(n int) string { return "Le journal d’audit est intact\u00a0: " + entriesFR(n) },
	TouchedTitle: func(n int) string {
		return "Le journal d’audit a été altéré. Première entrée fautive\u00a0: " + strconv.Itoa(n)
	},
	TouchedText: "Quelqu’un a modifié la base de données autrement qu’avec Breakwater, ou elle est endommagée. Laissez le " +
		"dossier des données tel quel et avertissez votre responsable de la protection de la vie privée.",
	CheckedBy:    func(who string) string { return "Vérification faite par " + who },
	ExportTitle:  "Exporter",
	ExportWhy:    "Tout le journal, ou certains jours, ou ce qui concerne un aiguillage (par sa référence) ou un patient (par son numéro de carte Santé, qui n’est pas conservé). L’exportation y est notée.",
	Format:       "Format",
	CSV:          "CSV, pour un tableur",
	NDJSON:       "NDJSON, pour des programmes",
	FHIR:         "FHIR AuditEvent",
	Export:       "Exporter",
	List:         "Entrées, de la plus récente à la plus ancienne",
	EmptyTitle:   "Rien ne correspond à ce filtre",
	EmptyText:    "Choisissez d’autres dates, une autre personne ou une autre action.",
	NothingTitle: "Rien ici pour le moment",
	NothingText:  "Ce que les gens font à partir de maintenant paraît ici.",
	Times: func(n int, since string) string {
		return strconv.Itoa(n) + "\u00a0fois depuis le " + since
	},
	Number:      "Entrée",
	Time:        "Heure",
	Address:     "Adresse réseau",
	ActorCode:   "Qui, tel que noté",
	ActionCode:  "Action, telle que notée",
	ObjectCode:  "Sur quoi, tel que noté",
	Details:     "Détails, tels que notés",
	Kinds:       auditKindsFR,
	Actions:     auditActionsFR,
	Steps:       auditStepsFR,
	System:      "Breakwater",
	SetupLink:   "Personne qui a le lien de première utilisation",
	Anonymous:   "Personne sans session ouverte",
	CommandLine: func(user string) string { return user + ", en ligne de commande" },
	Browser:     "celle du navigateur",
	BySystem:    "celles de l’ordinateur",
	Light:       "claires",
	Dark:        "sombres",
	NoAddress:   "aucune",

	SetupLinkMade:    "Lien de première utilisation créé",
	SetupCompleted:   func(who string) string { return "Premier compte d’administration créé\u00a0: " + who },
	UserAdded:        func(who string) string { return "Personne ajoutée\u00a0: " + who },
	UserDisabled:     func(who string) string { return "Compte désactivé\u00a0: " + who },
	UserEnabled:      func(who string) string { return "Compte réactivé\u00a0: " + who },
	PasswordReset:    func(who string) string { return "Nouveau mot de passe attribué à " + who },
	LinkMade:         func(who string) string { return "Lien à usage unique créé pour " + who },
	LinkUsed:         func(who string) string { return who + " a choisi un mot de passe avec un lien à usage unique" },
	PasswordChanged:  "Son propre mot de passe a changé",
	SignedIn:         "Session ouverte",
	SignedOut:        "Session fermée",
	SignInFailed:     func(who string) string { return "Échec de la connexion au compte\u00a0: " + who },
	SignInUnknown:    "Échec de la connexion\u00a0: aucun compte n’a ce courriel",
	RolesGiven:       func(who string, roles []string) string { return who + " a reçu " + rolesNamedFR(roles) },
	RolesTaken:       func(who string, roles []string) string { return who + " n’a plus " + rolesNamedFR(roles) },
	PermissionsGiven: func(who string, p []string) string { return who + " se voit accorder " + permissionsNamedFR(p) },
	PermissionsTaken: func(who string, p []string) string { return who + " ne se voit plus accorder " + permissionsNamedFR(p) },
	NameChanged:      func(from, to string) string { return "Son propre nom a changé " + beforeNowFR(from, to) },
	LanguageChanged:  func(from, to string) string { return "Sa propre langue a changé " + beforeNowFR(from, to) },
	ThemeChanged:     func(from, to string) string { return "Ses propres couleurs ont changé " + beforeNowFR(from, to) },
	AccessDenied: func(route, permission string) string {
		return "Accès refusé\u00a0: " + quoteFR(route) + " demande l’autorisation " + quoteFR(permission)
	},
	DeniedMore:    deniedMoreFR,
	SiteNumber:    func(from, to string) string { return changedFR("Numéro de site", from, to) },
	Host:          func(from, to string) string { return changedFR("Hôte Ocean", from, to) },
	ClientID:      func(from, to string) string { return changedFR("Client ID", from, to) },
	SecretSet:     "Secret défini",
	SecretRemoved: "Secret supprimé",
	KeyGenerated:  "Une nouvelle clé entrante a été générée",
	KeySaved:      "La nouvelle clé entrante a été enregistrée et est valide",
	KeyRetired:    "La clé entrante la plus ancienne a été mise hors service",
	KeysShown:     "Les clés entrantes ont été affichées",
	OceanWorks:    func(host string) string { return "Connexion testée avec " + host + "\u00a0: elle fonctionne" },
	OceanFails: func(host, fault string) string {
		return "Connexion testée avec " + host + ", sans succès\u00a0: " + fault
	},
	TypedOnly: "Le test portait sur ce qui était saisi, avant l’enregistrement",
	SelfTested: func(proven, tries int) string {
		return "Autotest effectué\u00a0: " + strconv.Itoa(proven) + "\u00a0sur " + countFR(tries, "essai", "essais") +
			" avec le résultat voulu"
	},
	StepTicked: func(step string) string {
		return "Étape " + quoteFR(step) + " de la configuration cochée comme faite"
	},
	StepUnticked: func(step string) string { return "Étape " + quoteFR(step) + " de la configuration décochée" },
	MissedExported: func(n int) string {
		return "Liste des messages manqués exportée\u00a0: " + countFR(n, "référence", "références")
	},
	DocumentOpened:  "Document d’un aiguillage ouvert",
	DocumentRetried: "Nouvel essai pour un document d’un aiguillage",
	DocumentsRetried: func(n int) string {
		return "Nouvel essai pour " + countFR(n, "document non récupéré", "documents non récupérés")
	},
	RoleAdded:   func(role string) string { return "Le rôle " + quoteFR(role) + " a été créé" },
	RoleRemoved: func(role string) string { return "Le rôle " + quoteFR(role) + " a été supprimé" },
	RoleRenamed: func(from, to string) string {
		return "Le rôle " + quoteFR(from) + " s’appelle maintenant " + quoteFR(to)
	},
	RoleGrants: func(role string, p []string) string { return "Le rôle " + quoteFR(role) + " accorde " + listFR(p) },
	RoleNoLonger: func(role string, p []string) string {
		return "Le rôle " + quoteFR(role) + " n’accorde plus " + listFR(p)
	},
	Verified: func(n int) string {
		return "Le journal d’audit a été vérifié et est intact\u00a0: " + entriesFR(n)
	},
	Touched: func(n int) string {
		return "Le journal d’audit a été trouvé altéré. Première entrée fautive\u00a0: " + strconv.Itoa(n)
	},
	Outside:       outsideFR,
	HeldBack:      heldBackFR,
	WrongKeys:     wrongKeysFR,
	RetiredKeys:   retiredKeysFR,
	FromAddresses: fromAddressesFR,
	Factors:       auditFactorsFR,
}

var auditKindsFR = map[string]string{
	"setup": "Configuration", "user": "Personnes", "session": "Connexion", "access": "Accès", "ocean": "Ocean", "role": "Rôles", "audit": "Journal d’audit",
	"document": "Documents", "referral": "Aiguillages", "message": "Messages d’Ocean", "clinic": "Clinique", "system": "Système", "key": "Clés de données", "backup": "Sauvegardes",
	"factor": "Deuxième étape",
}

var auditStepsFR = map[string]string{
	StepSignUp: "Inscription à Ocean", StepAccount: "Compte et site", StepSite: "Numéro de site",
	StepCloudConnect: "Activation d’Ocean Cloud Connect", StepKey: "Clé d’authentification entrante",
	StepIntegration: "Intégration dans Ocean", StepListings: "Fiches du répertoire", StepCredentials: "Identifiants OAuth",
	StepCopies: "Copies des aiguillages envoyés",
}

var auditActionsFR = map[store.Action]string{
	store.ActionSetupLinkMade:   "Lien de première utilisation créé",
	store.ActionSetupCompleted:  "Premier compte d’administration créé",
	store.ActionUserAdded:       "Personne ajoutée",
	store.ActionUserChanged:     "Autorisations d’une personne modifiées",
	store.ActionUserDisabled:    "Compte désactivé",
	store.ActionUserEnabled:     "Compte réactivé",
	store.ActionLinkMade:        "Lien à usage unique créé",
	store.ActionLinkUsed:        "Lien à usage unique utilisé",
	store.ActionPasswordReset:   "Mot de passe réinitialisé",
	store.ActionPasswordChanged: "Son propre mot de passe changé",
	store.ActionProfileChanged:  "Son propre compte modifié",
	store.ActionSignedIn:        "Session ouverte",
	store.ActionSignInFailed:    "Échec de la connexion",
	store.ActionSignedOut:       "Session fermée",
	store.ActionSessionsEnded:   "Sessions fermées",
	store.ActionClockBack:       "Recul de l’horloge",
	store.ActionProven:          "Identité confirmée",
	store.ActionProofFailed:     "Identité non confirmée",
	store.ActionAccessDenied:    "Accès refusé",
	store.ActionSettingsChanged: "Paramètres d’Ocean modifiés",
	store.ActionKeyGenerated:    "Clé entrante générée",
	store.ActionKeySaved:        "Clé entrante enregistrée",
	store.ActionKeyRetired:      "Clé entrante mise hors service",
	store.ActionKeysShown:       "Clés entrantes affichées",
	store.ActionKeysRefused:     "Clés refusées",
	store.ActionRoleAdded:       "Rôle créé",
	store.ActionRoleChanged:     "Rôle modifié",
	store.ActionRoleRemoved:     "Rôle supprimé",
	store.ActionAuditVerified:   "Vérifié",
	store.ActionAuditTouched:    "Trouvé altéré",
	store.ActionAuditExported:   "Exporté",
	store.ActionHeldBack:        "Trop souvent pour des entrées",
	store.ActionOceanTested:     "Connexion testée",
	store.ActionSelfTestBegun:   "Autotest commencé",
	store.ActionSelfTested:      "Autotest effectué",
	store.ActionStepTicked:      "Étape de la configuration cochée",
	store.ActionStepUnticked:    "Étape de la configuration décochée",
	store.ActionMissedExported:  "Messages manqués exportés",
	store.ActionGapRepaired:     "Messages manqués déclarés revenus",
	store.ActionDocumentOpened:  "Document ouvert",
	store.ActionDocumentRetried: "Nouvel essai pour un document",
	store.ActionReferralOpened:  "Aiguillage ouvert",
	store.ActionSearched:        "Recherche d’aiguillages",
	store.ActionAssigned:        "Aiguillage attribué",
	store.ActionReviewAsked:     "Examen demandé",
	store.ActionNoted:           "Note interne ajoutée",
	store.ActionReferralTold:    "Mise à jour d’un aiguillage pour Ocean",
	store.ActionUpdateRetried:   "Nouvel essai pour une mise à jour",
	store.ActionUpdateDropped:   "Mise à jour abandonnée",
	store.ActionReviewed:        "Aiguillage examiné",
	store.ActionClinicChanged:   "Paramètres de la clinique modifiés",
	store.ActionRawShown:        "Message brut affiché",
	store.ActionReprocessed:     "Message traité de nouveau",
	store.ActionClockJumped:     "Saut de l’horloge",
	store.ActionClockBehind:     "Horloge en retard au démarrage",
	store.ActionClockConfirmed:  "Horloge déclarée exacte",
	store.ActionIncidentOpened:  "Quelqu’un doit agir",
	store.ActionIncidentClosed:  "Plus personne n’a à agir",
	store.ActionNoticesChanged:  "Avis configurés",
	store.ActionMailTested:      "Avis par courriel essayés",
	store.ActionRetentionSet:    "Durée de conservation modifiée",
	store.ActionRetentionRan:    "Suppression pour l’âge",
	store.ActionReferralPurged:  "Aiguillage supprimé pour son âge",
	store.ActionDatabaseMended:  "Base de données endommagée réparée",
	store.ActionMessageSeen:     "Problème d’un message examiné",
	store.ActionRotationStarted: "Changement de la clé de données commencé",
	store.ActionRotationEnded:   "Changement de la clé de données terminé",
	store.ActionMasterReplaced:  "Clé maîtresse remplacée",
	store.ActionBackupMade:      "Sauvegarde faite",
	store.ActionBackupFailed:    "Échec d’une sauvegarde",
	store.ActionBackupTried:     "Restauration essayée",
	store.ActionRestored:        "Sauvegarde restaurée",
	store.ActionUpgraded:        "Base de données mise à jour",

	store.ActionFactorAsked:      "Deuxième étape demandée",
	store.ActionFactorFailed:     "Échec de la deuxième étape",
	store.ActionPasskeyAdded:     "Clé d’accès ajoutée",
	store.ActionPasskeyRenamed:   "Clé d’accès renommée",
	store.ActionPasskeyRemoved:   "Clé d’accès retirée",
	store.ActionPasskeySuspected: "Clé d’accès peut-être copiée",
	store.ActionAppAdded:         "Application d’authentification ajoutée",
	store.ActionAppRemoved:       "Application d’authentification retirée",
	store.ActionCodesRenewed:     "Codes de récupération renouvelés",
	store.ActionFactorsReset:     "Deuxièmes étapes d’une personne retirées",
}

// changedFR says how a setting of masculine gender changed; it may have been empty before, or be
// so now.
func changedFR(what, from, to string) string {
	switch {
	case from == "":
		return what + " défini\u00a0: " + to
	case to == "":
		return what + " supprimé (avant\u00a0: " + from + ")"
	}
	return what + " changé " + beforeNowFR(from, to)
}

func beforeNowFR(from, to string) string {
	switch {
	case from == "":
		return "(maintenant\u00a0: " + to + ")"
	case to == "":
		return "(avant\u00a0: " + from + ")"
	}
	return "(avant\u00a0: " + from + "; maintenant\u00a0: " + to + ")"
}

func entriesFR(n int) string { return countFR(n, "entrée", "entrées") }

// listFR writes a list of names as it is spoken: « a », « b » et « c ».
func listFR(names []string) string {
	quoted := make([]string, len(names))
	for i, s := range names {
		quoted[i] = quoteFR(s)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " et " + quoted[last]
}

func rolesNamedFR(roles []string) string {
	if len(roles) == 1 {
		return "le rôle " + listFR(roles)
	}
	return "les rôles " + listFR(roles)
}

func permissionsNamedFR(permissions []string) string {
	if len(permissions) == 1 {
		return "l’autorisation " + listFR(permissions)
	}
	return "les autorisations " + listFR(permissions)
}
