package views

import "strconv"

// French is the catalogue in Canadian French, as health care in Ontario uses it. One term stands
// for one thing, everywhere:
//
//	eReferral, referral       aiguillage électronique (eReferral), aiguillage
//	referrer, sender          fournisseur aiguilleur, expéditeur
//	recipient                 destinataire
//	Site Number               numéro de site
//	listing                   fiche du répertoire
//	shared encryption key     clé de chiffrement partagée
//	inbound authentication    authentification entrante
//	credentials, secret       identifiants, secret
//	health card number        numéro de carte Santé, with its code de version
//	accept, decline, complete accepter, refuser, terminer
//	book, remove a booking    fixer un rendez-vous, retirer un rendez-vous
//	message                   envoyer un message
//	eConsult                  eConsultation
//	EMR                       DME (dossier médical électronique)
//	Delivery problems         Problèmes de transmission (which no folder of Ocean is called)
//	front desk                accueil
//	administrator             administration (the account or the role, so of no gender)
//	privacy officer           responsable de la protection de la vie privée
//	audit log                 journal d’audit
//	permission, role          autorisation, rôle
//	sign in, sign out         se connecter, fermer la session
//	disable, enable           désactiver, réactiver (a person's account)
//	retire, remove            mettre hors service (a key), supprimer (a secret, a role)
//	first-run link            lien de première utilisation
//	one-time link             lien à usage unique
//	second step               deuxième étape
//	passkey                   clé d’accès
//	authenticator app         application d’authentification
//	recovery code             code de récupération
//	enter (in a field)        saisir
//	set up, self-test         mise en place, autotest
//	reverse proxy             mandataire inverse
//	fetch (a document)        récupérer
//	rehearsal                 exercice
//
// Ontario Health and Canada Health Infoway also write référence électronique; the word aiguillage
// is kept, since référence here is what identifies one (référence de l’aiguillage).
//
// Ocean's portal is in English. What a person must find there (Cloud Connect, Client ID, Menu >
// Admin > Integrations) keeps its English name; folders have French names close to the portal's.
//
// Spacing is Canadian: a no-break space inside guillemets, before a colon, and between a number
// and its noun; none before a semicolon. Nought and one are singular.
var French = Text{
	Product: "Breakwater",

	Common: CommonText{
		NotGiven:  "non fourni",
		Test:      "TEST",
		TestLong:  "Données de santé d’essai, pas une vraie personne",
		Copy:      "Copier",
		CopyWhat:  func(what string) string { return "Copier " + quoteFR(what) },
		Copied:    "Copié",
		NewTab:    "(s’ouvre dans un nouvel onglet)",
		ShowOlder: "Afficher les plus anciens",
		Details:   "Détails pour le soutien technique",
		Problem:   "Problème\u00a0:",
		Waiting:   "À traiter\u00a0:",
		Info:      "Bon à savoir\u00a0:",
		Done:      "Fait\u00a0:",
		TitleOf:   func(page string) string { return page + " · Breakwater" },
	},

	Time: TimeText{
		JustNow:    "à l’instant",
		MinutesAgo: func(n int) string { return "il y a " + countFR(n, "minute", "minutes") },
		HoursAgo:   func(n int) string { return "il y a " + countFR(n, "heure", "heures") },
		DaysAgo:    func(n int) string { return "il y a " + countFR(n, "jour", "jours") },
		AgeDays:    func(n int) string { return countFR(n, "jour", "jours") },
		AgeMonths:  func(n int) string { return countFR(n, "mois", "mois") },
		AgeYears:   func(n int) string { return countFR(n, "an", "ans") },
	},

	Layout: LayoutText{
		SkipToContent: "Aller au contenu",
		Menu:          "Menu",
		AccountOf:     func(name string) string { return "Compte\u00a0: " + name },
		SignOut:       "Fermer la session",
		OfflineTitle:  "Breakwater est injoignable",
		OfflineText:   "Vérifiez la connexion de cet ordinateur au réseau, puis réessayez. Rien n’a été modifié.",
		Rehearsal:     "Exercice",
		RehearsalText: "Un Ocean simulé et des patients inventés; tout est jeté à la fin.",
		RehearsalOf:   func(title string) string { return "Exercice\u00a0: " + title },
	},

	Menu: MenuText{
		Referrals: "Aiguillages",
		Problems:  "Problèmes de transmission",
		Settings:  "Paramètres",
		Ocean:     "Aiguillage\u00a0: Ocean",
		SetUp:     "Mise en place",
		Users:     "Personnes",
		Roles:     "Rôles",
		Clinic:    "Clinique",
		System:    "Système",
		Audit:     "Journal d’audit",
		Account:   "Compte",
	},

	Login:    loginFR,
	Strength: strengthFR,
	Setup:    setupFR,
	Account:  accountFR,
	Errors:   errorsFR,
	Failure:  failuresFR,

	Referrals: referralsFR,
	Referral:  referralFR,
	Problems:  problemsFR,
	Ocean:     oceanFR,
	Confirm:   confirmFR,
	Step:      stepFR,
	Factors:   factorsFR,
	People:    peopleFR,
	RolePages: rolePagesFR,
	Welcome:   welcomeFR,
	Audit:     auditFR,
	Health:    healthFR,
	Steps:     stepsFR,
	SelfTest:  selfTestFR,
	Missed:    missedFR,
	Documents: documentsFR,
	Lists:     listsFR,
	Team:      teamFR,
	Keeping:   keepingFR,
	Sessions:  sessionsFR,
	History:   historyFR,
	Actions:   actionsFR,
	Damage:    damageFR,
	System:    systemFR,
	Notices:   noticesFR,
	Retention: retentionFR,

	Permissions:  permissionsFR,
	Roles:        rolesFR,
	Directions:   directionsFR,
	Folders:      foldersFR,
	Priorities:   prioritiesFR,
	Genders:      gendersFR,
	Contacts:     contactsFR,
	AddressUses:  addressUsesFR,
	Events:       eventsFR,
	ProblemKinds: problemKindsFR,
	LinkKinds:    linkKindsFR,
	FileTypes:    fileTypesFR,
	Faults:       faultsFR,
	Refusals:     refusalsFR,
	Mistakes:     mistakesFR,
}

// countFR writes a number with its noun, which stays singular below two.
func countFR(n int, one, many string) string {
	if n < 2 {
		return strconv.Itoa(n) + "\u00a0" + one
	}
	return strconv.Itoa(n) + "\u00a0" + many
}

func quoteFR(s string) string { return "«\u00a0" + s + "\u00a0»" }
