package views

import (
	"strconv"

	"breakwater/store"
)

var healthFR = HealthText{
	Title:        "Connexion avec Ocean",
	NothingYet:   "Aucun message pour le moment. La mise en place indique la prochaine étape.",
	Message:      "Dernier message",
	NoMessage:    "Aucun pour le moment",
	Refused:      "Dernier appel refusé",
	NoRefusal:    "Aucun en 7\u00a0jours",
	RefusedCalls: func(n int) string { return countFR(n, "appel", "appels") + " dans cette heure" },
	Token:        "Dernière connexion à Ocean",
	NoToken:      "Aucune pour le moment",
	Waiting:      "Documents en attente",
	NoneWaiting:  "Aucun",
	WaitingFor: func(n int, age string) string {
		if n < 2 {
			return strconv.Itoa(n) + ", depuis " + age
		}
		return strconv.Itoa(n) + ", le plus ancien depuis " + age
	},
	Failed:      "Documents non récupérés",
	FailedCount: func(n int) string { return strconv.Itoa(n) + " à traiter" },
	Days:        func(n int) string { return countFR(n, "jour", "jours") },
	Hours:       func(n int) string { return countFR(n, "heure", "heures") },
	Minutes:     func(n int) string { return countFR(n, "minute", "minutes") },

	CredentialsTitle: func(since string) string { return "Ocean refuse le Client ID et le Secret depuis " + since },
	CredentialsText:  "Les aiguillages arrivent toujours. Les documents attendent; rien n’est perdu.",
	GapTitle:         func(since string) string { return "Ocean n’a rien pu transmettre depuis " + since },
	GapOver:          func(from, until string) string { return "Ocean n’a rien pu transmettre de " + from + " à " + until },
	GapDue: func(until, left string) string {
		return "Ocean répète chaque message pendant 96\u00a0heures\u00a0: jusqu’à " + until + ", soit encore " + left + "."
	},
	GapCatchUp: "Ocean répète chaque message pendant 96\u00a0heures\u00a0: ce qui manque encore arrivera de soi-même.",
	LostTitle: func(from, until string) string {
		return "Ocean ne répète plus les messages envoyés d’abord entre " + from + " et " + until
	},
	LostText: "Ils sont toujours dans Ocean et peuvent être renvoyés de là.",
	Repair:   "Rattraper ces messages",
	SelfTest: "Autotest",
}

var faultsFR = map[store.Fault]Explained{
	store.FaultIncomplete: {"Le Client ID ou le Secret manque", "Saisissez les deux sous Identifiants OAuth d’Ocean, puis enregistrez."},
	store.FaultHost:       {"L’hôte Ocean n’est pas en HTTPS", "Sous Hôte Ocean, saisissez une adresse qui commence par https://."},
	store.FaultName: {"Le nom de l’hôte Ocean est introuvable", "Vérifiez l’adresse sous Hôte Ocean. Si elle est exacte, le service " +
		"de noms (DNS) de cette machine ne la connaît pas."},
	store.FaultAddress: {"L’hôte Ocean mène à une adresse privée", "Breakwater n’appelle Ocean que par Internet. Vérifiez " +
		"l’adresse sous Hôte Ocean et le service de noms (DNS) de cette machine."},
	store.FaultConnect: {"Personne ne répond chez l’hôte Ocean", "Vérifiez que le pare-feu laisse cette machine sortir en HTTPS " +
		"(port\u00a0443). Ocean peut aussi être en panne un moment."},
	store.FaultCertificate: {"Le certificat de l’hôte Ocean n’est pas valable", "Rien n’a été envoyé. Vérifiez l’heure de cette " +
		"machine, et si un pare-feu ouvre le trafic chiffré."},
	store.FaultSlow: {"Ocean n’a pas répondu à temps", "Les documents sont redemandés d’eux-mêmes. Refaites un test dans quelques minutes."},
	store.FaultCredentials: {"Ocean refuse le Client ID et le Secret", "Copiez de nouveau les deux depuis Ocean\u00a0: Menu > Admin > " +
		"Manage Credentials > Manage OAuth Credentials."},
	store.FaultForbidden: {"Ocean accepte les identifiants, mais refuse cet appel", "Vérifiez dans Ocean qu’ils appartiennent au site " +
		"de cette clinique\u00a0: Menu > Admin > Manage Credentials > Manage OAuth Credentials."},
	store.FaultGone:     {"Ocean ne l’a plus", "Les documents d’aiguillages archivés ne peuvent être récupérés\u00a0: demandez à l’expéditeur. Lors d’un test, vérifiez l’hôte Ocean."},
	store.FaultRedirect: {"La réponse d’Ocean mène à un autre hôte", "Elle n’a pas été suivie\u00a0: les identifiants ne vont qu’à Ocean. Ouvrez l’aiguillage dans Ocean; lors d’un test, vérifiez l’hôte Ocean."},
	store.FaultTooLarge: {"Il est plus gros que ce que Breakwater accepte", "Ouvrez l’aiguillage dans Ocean pour le voir."},
	store.FaultContent:  {"Ce qui est arrivé est vide, ou d’un type qu’Ocean n’accepte pas", "Ouvrez l’aiguillage dans Ocean. S’il ne s’ouvre pas là non plus, demandez à l’expéditeur."},
	store.FaultBusy:     {"Ocean demande de revenir plus tard", "Breakwater réessaie de lui-même pour les documents et les mises à jour. Refaites un test dans quelques minutes."},
	store.FaultServer:   {"Ocean répond par une erreur", "Réessayez dans quelques minutes. Si cela dure, avisez le soutien technique d’Ocean."},
	store.FaultForeign:  {"Le lien mène ailleurs qu’à Ocean", "Breakwater ne récupère rien hors de l’hôte Ocean. Ouvrez l’aiguillage dans Ocean."},
}

var refusalsFR = map[store.RefusalReason]Explained{
	store.RefusedNoKey: {"L’appel ne portait aucune clé", "Saisissez Header Name et la clé dans Ocean\u00a0: Menu > Admin > Integrations. " +
		"S’ils y sont, un mandataire inverse les retire\u00a0: l’autotest le dit."},
	store.RefusedWrongKey: {"La clé n’est pas l’une des nôtres", "Copiez dans Ocean la clé valide ici\u00a0: Menu > Admin > Integrations."},
	store.RefusedRetired:  {"Ocean utilise une clé mise hors service", "Copiez dans Ocean la clé valide ici\u00a0: Menu > Admin > Integrations."},
	store.RefusedUnsaved:  {"Ocean utilise une clé qui n’est pas encore enregistrée ici", "Appuyez sur Enregistrer les paramètres d’Ocean."},
	store.RefusedSpaced: {"La clé dans Ocean contient une espace ou un autre caractère de trop", "Copiez-la de nouveau avec son bouton " +
		"Copier\u00a0: Menu > Admin > Integrations."},
	store.RefusedReadable: {"L’appel est arrivé sans chiffrement, sur http://", "Copiez Request URL, qui commence par https://, dans Ocean\u00a0: Menu > " +
		"Admin > Integrations. Générez ensuite une nouvelle clé\u00a0: d’autres ont pu lire celle qui est arrivée."},
	store.RefusedPath: {"L’appel visait une autre adresse", "Copiez de nouveau Request URL dans Ocean\u00a0: Menu > Admin > Integrations."},
	store.RefusedMethod: {"L’appel n’était pas une transmission", "Quelqu’un a ouvert l’adresse dans un navigateur, ou quelque chose la " +
		"surveille. Rien à faire tant que les messages arrivent."},
	store.RefusedFull: {"Le disque est plein", "Libérez de l’espace sur cette machine. Ocean répète de lui-même."},
	store.RefusedBusy: {"Breakwater était trop occupé", "Ocean répète de lui-même. Si cela arrive souvent, avisez la personne " +
		"responsable de Breakwater."},
	store.RefusedFailed: {"Une défaillance de Breakwater", "Avisez la personne responsable de Breakwater; son journal en dit plus. " +
		"Ocean répète de lui-même."},
	store.RefusedType: {"L’appel n’est pas arrivé en FHIR", "Dans Ocean, choisissez Payload type FHIR v0.11.1\u00a0: Menu > Admin > Integrations."},
	store.RefusedJSON: {"Ce qui est arrivé était coupé, ou n’était pas du JSON", "Un mandataire inverse coupe peut-être les messages\u00a0: " +
		"l’autotest le dit. Ocean répète de lui-même."},
	store.RefusedFormat: {"Ce qui est arrivé n’était pas un message FHIR", "Dans Ocean, choisissez Payload type FHIR v0.11.1\u00a0: Menu > " +
		"Admin > Integrations."},
	store.RefusedTooLarge: {"Un message dépassait 25\u00a0Mo", "Trouvez l’aiguillage dans Ocean et avisez le soutien technique d’Ocean; rien " +
		"de ce qu’Ocean envoie d’habitude n’est aussi gros."},
	store.GapDown:     {"Breakwater ne fonctionnait pas", "Rien à faire une fois qu’il fonctionne de nouveau."},
	store.GapRestored: {"Une sauvegarde a été restaurée, sans ce qui est arrivé après elle", "Ocean ne le répète pas, puisque c’était livré. On peut le renvoyer à partir d’Ocean."},
}

var mistakesFR = map[Mistake]Explained{
	MistakeNoBaseURL: {"Personne ne peut joindre cette adresse de l’extérieur", "Donnez à BREAKWATER_BASE_URL l’adresse publique de la " +
		"clinique, par exemple https://clinic.example, puis redémarrez Breakwater."},
	MistakeHTTP: {"L’adresse commence par http://", "Ocean demande https://. Donnez un certificat à Breakwater ou placez un mandataire " +
		"inverse devant, puis changez BREAKWATER_BASE_URL."},
	MistakePath:    {"Les appels arrivent à un autre chemin", "Copiez de nouveau Request URL dans Ocean, jusqu’à fhir_bundles."},
	MistakeSpaced:  {"La clé dans Ocean contient une espace ou un autre caractère de trop", "Copiez-la de nouveau avec son bouton Copier."},
	MistakeUnsaved: {"Ocean utilise déjà la nouvelle clé", "Elle est valide dès que vous appuyez sur Enregistrer les paramètres d’Ocean."},
	MistakeRetired: {"Ocean utilise encore une clé mise hors service", "Copiez dans Ocean la clé valide ici."},
	MistakeWrongKey: {"Des appels arrivent avec une clé qui n’est pas l’une des nôtres", "Copiez dans Ocean la clé valide ici. Si elle y " +
		"est déjà, c’est quelqu’un d’autre qui appelle."},
	MistakeNoKey: {"Des appels arrivent sans clé", "Vérifiez API Key Authentication, Header Name et Key dans Ocean. S’ils y sont, un " +
		"mandataire inverse retire l’en-tête\u00a0: l’autotest le dit."},
	MistakeOldFHIR: {"Les messages arrivent en FHIR v0.10", "Ouvrez l’intégration dans Ocean et choisissez Payload type FHIR v0.11.1."},
	MistakeFormat: {"Des appels arrivent qui ne sont pas des messages FHIR", "Ouvrez l’intégration dans Ocean et choisissez Payload type " +
		"FHIR v0.11.1."},
	MistakeNoListing: {"Des copies d’aiguillages envoyés arrivent, mais aucun aiguillage reçu", "Aucune fiche n’est encore liée, ou personne " +
		"n’en a envoyé. Vérifiez chaque fiche dans Ocean."},
	MistakeOtherSite:  {"Des messages arrivent, mais aucun pour ce numéro de site", "Comparez-le avec Menu > Admin > Site Account dans Ocean."},
	MistakeRefused:    {"Ocean refuse le Client ID et le Secret", "Copiez de nouveau les deux depuis Ocean, enregistrez, puis appuyez sur Tester la connexion."},
	MistakeUnverified: {"Enregistrés, mais jamais testés", "Appuyez sur Tester la connexion."},
}
