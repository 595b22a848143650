package views

import "breakwater/store"

var checksFR = map[CheckID]string{
	CheckConfiguration: "Réglages du service", CheckService: "Fonctionnement", CheckFolder: "Qui peut lire les fichiers", CheckKey: "Clé maîtresse",
	CheckDisk: "Disque", CheckDatabase: "Base de données", CheckAudit: "Journal d’audit", CheckClock: "Horloge", CheckBackup: "Sauvegardes",
	CheckCertificate: "Certificat", CheckAddress: "Adresses", CheckOcean: "Liaison avec Ocean", CheckMail: "Avis par courriel",
}

var foundFR = map[string]Explained{
	"configuration":       {"Les réglages sont utilisables", "Les options, l’environnement et /etc/breakwater/env ont été lus."},
	"configuration.wrong": {"Les réglages contiennent une erreur", "La raison\u00a0: {name}"},

	"service":         {"Breakwater fonctionne", "Il répond à {name}."},
	"service.stopped": {"Breakwater ne fonctionne pas", "Personne ne répond à {name}. Démarrez-le\u00a0: systemctl start breakwater, ou breakwater serve."},
	"service.unready": {"Breakwater fonctionne, mais n’est pas prêt\u00a0: {name}", "La ligne de ce nom indique que faire."},

	"folder":      {"Personne d’autre ne peut lire le dossier des données ni la clé", "Leurs droits ne laissent entrer que leur propriétaire."},
	"folder.open": {"D’autres personnes de cette machine peuvent lire {name}", "Fermez-leur l’accès\u00a0: chmod go-rwx {name}"},

	"key":         {"La clé maîtresse est à sa place et convient", "Gardez-en une copie ailleurs\u00a0: sans elle, rien n’est lisible."},
	"key.missing": {"La clé maîtresse manque", "Remettez-la à sa place\u00a0: {name}. Sans elle, le prochain démarrage échoue et aucune sauvegarde ne s’ouvre."},
	"key.wrong":   {"La clé maîtresse ne convient pas à la base de données", "Mettez à sa place la clé créée avec cette base\u00a0: {name}."},
	"key.open":    {"D’autres personnes de cette machine peuvent lire la clé maîtresse", "Fermez-leur l’accès\u00a0: chmod go-rwx {name}"},
	"key.unread":  {"La clé maîtresse est illisible", "La raison\u00a0: {name}"},

	"disk":          {"{free} sont libres", "Sous {floor}, rien ne serait reçu."},
	"disk.low":      {"Le disque se remplit\u00a0: {free} sont libres", "Sous {floor}, rien n’est reçu. Libérez de l’espace ou installez un disque plus grand."},
	"disk.full":     {"Le disque est plein\u00a0: {free} sont libres", "Sous {floor}, rien n’est reçu; Ocean répète ses messages pendant 96\u00a0heures. Libérez de l’espace, et tout reprend de soi-même."},
	"disk.readonly": {"Le disque refuse l’écriture", "Il est monté en lecture seule, comme après une erreur\u00a0: consultez dmesg, puis remontez-le ou remplacez-le."},
	"disk.unread":   {"L’espace libre du disque n’est pas connu", "La raison\u00a0: {name}"},

	"database":            {"La base de données est intacte et accepte l’écriture", "Elle vient d’être relue en entier."},
	"database.live":       {"La base de données accepte l’écriture", "Elle est relue au démarrage et chaque jour."},
	"database.none":       {"Il n’y a pas encore de base de données", "Démarrez breakwater serve\u00a0: il en crée une."},
	"database.damaged":    {"La base de données est endommagée", "Arrêtez Breakwater et restaurez la sauvegarde valable la plus récente\u00a0: breakwater restore --replace FICHIER. La base endommagée est gardée à côté."},
	"database.busy":       {"Un autre programme retient la base de données", "Réessayez dans une minute. Si cela persiste, cherchez quel programme la tient ouverte\u00a0: fuser {name}"},
	"database.unwritable": {"La base de données refuse l’écriture", "La raison\u00a0: {name}"},
	"database.older":      {"La base de données date d’une version antérieure", "Démarrez breakwater serve une fois\u00a0: il la met à jour, après en avoir placé une copie à côté."},
	"database.newer":      {"La base de données vient d’une version plus récente", "Installez la dernière version utilisée de Breakwater, ou une plus récente."},
	"database.denied":     {"Vous ne pouvez pas lire la base de données", "Lancez cette commande avec le compte de Breakwater\u00a0: sudo -u breakwater breakwater doctor."},
	"database.unread":     {"La base de données est illisible", "La raison\u00a0: {name}"},

	"audit":         {"Le journal d’audit est intact", "Nombre d’entrées\u00a0: {count}."},
	"audit.head":    {"La marque de la dernière entrée est valable", "Tout le journal est vérifié chaque jour, et à la demande sur sa page sous Paramètres."},
	"audit.touched": {"Le journal d’audit a été altéré", "Laissez les données telles quelles et avertissez la personne responsable de la vie privée. breakwater audit verify indique où cela commence."},
	"audit.lost": {"Le journal d’audit est plus court qu’avant\u00a0: l’entrée {count}, notée dans {name}, n’y est plus",
		"Si une sauvegarde a été restaurée, c’est la raison\u00a0: commencez un nouveau fichier. Sinon, laissez le dossier des données tel quel et avertissez la personne responsable de la vie privée."},
	"audit.outlet": {"La plus récente entrée du journal d’audit ne peut pas être notée dans {name} depuis {when}", "Breakwater réessaie chaque minute."},
	"audit.unread": {"Le journal d’audit est illisible", "La raison\u00a0: {name}"},

	"clock":          {"L’horloge est plausible", "Cette machine ne dit pas si quelque chose la synchronise."},
	"clock.synced":   {"L’horloge est synchronisée", "La machine la règle sur d’autres."},
	"clock.unsynced": {"Rien ne synchronise l’horloge", "Activez la synchronisation\u00a0: timedatectl set-ntp true."},
	"clock.back":     {"L’horloge a reculé", "Elle indique une heure antérieure à une heure déjà affichée. Réglez-la\u00a0: timedatectl set-ntp true. Si elle est exacte maintenant, dites-le sous Paramètres > Système."},
	"clock.ahead":    {"L’horloge a bondi en avant", "Rien n’est supprimé pour son âge depuis {when}. Réglez l’horloge; si elle est exacte maintenant, dites-le sous Paramètres > Système."},
	"clock.floor":    {"L’horloge est fausse", "Elle indique une date antérieure à Breakwater lui-même. Réglez-la\u00a0: timedatectl set-ntp true."},

	"backup":        {"La dernière sauvegarde valable date du {when} ({age})", "Gardez une copie des sauvegardes et de la clé maîtresse hors de cette machine."},
	"backup.off":    {"Aucune sauvegarde ne se fait d’elle-même", "Donnez à BREAKWATER_BACKUP_DIR un dossier, de préférence sur un autre disque, ou faites-les vous-même\u00a0: breakwater backup FICHIER."},
	"backup.never":  {"Il n’y a pas encore de sauvegarde", "La première se fait la nuit prochaine; breakwater backup FICHIER en fait une maintenant."},
	"backup.old":    {"La dernière sauvegarde valable date du {when} ({age}), ce qui est trop ancien", "Elle devrait dater de la nuit dernière. Vérifiez que le dossier des sauvegardes est accessible et a de la place\u00a0: {name}"},
	"backup.failed": {"Aucune sauvegarde n’a encore été valable", "Vérifiez que le dossier des sauvegardes est accessible et a de la place\u00a0: {name}"},
	"backup.last":   {"La dernière sauvegarde, le {when}, a échoué\u00a0: {name}", "Une sauvegarde de nuit est reprise d’elle-même chaque heure."},
	"backup.tried":  {"La restauration de la plus récente sauvegarde a été essayée le {when} et fonctionne", "Cela se fait chaque mois."},
	"backup.trial":  {"Une sauvegarde n’a pas pu être restaurée à l’essai, le {when}\u00a0: {name}", "Faites-en une autre avec breakwater backup FICHIER, et essayez-la avec breakwater restore --check FICHIER."},

	"certificate":           {"Le certificat est valable jusqu’au {when}", "Breakwater prend de lui-même un certificat renouvelé."},
	"certificate.none":      {"Breakwater n’a pas de certificat à lui", "Il répond en HTTP simple; un mandataire placé devant peut en avoir un."},
	"certificate.soon":      {"Le certificat expire le {when}", "Renouvelez-le dans ses fichiers\u00a0: Breakwater prend le nouveau de lui-même."},
	"certificate.over":      {"Le certificat a expiré le {when}", "Les navigateurs et Ocean le refusent. Renouvelez-le dans ses fichiers\u00a0: Breakwater prend le nouveau de lui-même."},
	"certificate.soon.acme": {"Le certificat expire le {when}", "Il aurait dû se renouveler de lui-même. Le journal de Breakwater dit pourquoi ce n’est pas fait; souvent, l’autorité ne peut pas joindre cette machine."},
	"certificate.over.acme": {"Le certificat a expiré le {when}", "Les navigateurs et Ocean le refusent. Le journal de Breakwater dit pourquoi il n’est pas renouvelé; souvent, l’autorité ne peut pas joindre cette machine."},
	"certificate.unread":    {"Le certificat est inutilisable", "La raison\u00a0: {name}"},

	"address":           {"Le personnel et Ocean utilisent {name}", "Les liens y mènent, et les formulaires qui en viennent sont acceptés."},
	"address.local":     {"L’adresse de base ne mène qu’à cette machine\u00a0: {name}", "Les autres ordinateurs et Ocean ne peuvent pas l’utiliser. Donnez à BREAKWATER_BASE_URL l’adresse qu’ils utilisent."},
	"address.http":      {"L’adresse de base est en HTTP simple\u00a0: {name}", "Ocean exige https. Utilisez un certificat, ici ou dans un mandataire, et changez BREAKWATER_BASE_URL."},
	"address.unreached": {"Personne ne peut atteindre {name}", "Breakwater n’écoute que sur cette machine. Changez BREAKWATER_LISTEN, ou placez un mandataire devant et nommez-le dans BREAKWATER_TRUSTED_PROXIES."},

	"ocean":            {"La connexion avec Ocean est en place", "Paramètres > Aiguillage > Ocean indique son état."},
	"ocean.works":      {"Ocean accepte le Client ID et le Secret", "La question vient de lui être posée."},
	"ocean.unfinished": {"La mise en place n’est pas terminée", "Paramètres > Aiguillage > Mise en place montre la prochaine étape."},
	"ocean.fault":      {"Quelque chose ne va pas entre ici et Ocean", "Ocean répète pendant 96\u00a0heures les aiguillages qu’il n’a pas pu transmettre."},

	"mail":         {"Les avis vont à {name}", "Un quand quelque chose ne va pas, et un autre quand c’est terminé."},
	"mail.off":     {"Personne n’est averti par courriel quand quelque chose ne va pas", "Qui veut l’apprendre sans regarder ici saisit un serveur de courriel sous Paramètres > Clinique > Avis."},
	"mail.failing": {"Aucun courriel ne part depuis {when}", "Paramètres > Clinique > Avis permet un essai."},
}

var incidentsFR = map[store.IncidentKind]Explained{
	store.IncidentMessages: {"Aucun message d’Ocean depuis {hours} heures d’ouverture", "Le dernier est arrivé le {since}. S’il n’y a vraiment rien eu, tout va bien. Sinon, lancez l’autotest sous " +
		"Paramètres > Aiguillage > Ocean, et vérifiez dans le portail d’Ocean qu’Ocean Cloud Connect est activé."},
	store.IncidentDelivery: {"Ocean ne peut rien transmettre depuis {since}", "Ocean répète chaque message pendant 96\u00a0heures."},
	store.IncidentCredentials: {"Ocean refuse le Client ID et le Secret depuis {since}", "Les aiguillages arrivent toujours; les documents et les mises à jour attendent. Créez de nouveaux identifiants dans " +
		"le portail d’Ocean et saisissez-les sous Paramètres > Aiguillage > Ocean."},
	store.IncidentDisk:   {"Le disque se remplit\u00a0: {free} sont libres", "Sous {floor}, rien n’est reçu; Ocean répète ses messages pendant 96\u00a0heures. Libérez de l’espace ou installez un disque plus grand."},
	store.IncidentBackup: {"La dernière sauvegarde valable est ancienne", "Consultez Paramètres > Système, et vérifiez que l’emplacement des sauvegardes est accessible et a de la place."},
	store.IncidentCertificate: {"Le certificat expire le {until}", "Ensuite, les navigateurs et Ocean le refusent. Renouvelez-le dans ses fichiers\u00a0: Breakwater prend le nouveau de lui-même. " +
		"Celui qu’il obtient par ACME aurait dû se renouveler\u00a0: son journal dit pourquoi il ne l’est pas."},
	store.IncidentAudit:    {"Le journal d’audit a été altéré", "Laissez les données telles quelles et avertissez la personne responsable de la vie privée. Paramètres > Journal d’audit indique où cela commence."},
	store.IncidentOutlet:   {"La plus récente entrée du journal d’audit ne peut pas être notée dans {outlet} depuis {since}", "D’ici là, personne ne verrait que sa fin a été coupée."},
	store.IncidentClock:    {"L’horloge de la machine n’est pas crédible", "Réglez-la. Paramètres > Système indique ce qui ne va pas."},
	store.IncidentMail:     {"Aucun courriel ne part depuis {since}", "Les avis sur Breakwater attendent d’ici là."},
	store.IncidentDatabase: {"La base de données est endommagée", "Rien n’est reçu et aucun patient n’est affiché avant la restauration d’une sauvegarde. Chaque page de Breakwater indique que faire."},
}

var mailFaultsFR = map[store.MailFault]Explained{
	store.MailConnect:     {"Personne ne répond au serveur de courriel", "Vérifiez son nom et son port, et que le pare-feu laisse cette machine l’atteindre."},
	store.MailCertificate: {"Le serveur de courriel n’offre aucun TLS valable", "Rien n’a été envoyé. Vérifiez le nom du serveur, le port et le type de TLS."},
	store.MailCredentials: {"Le serveur de courriel refuse l’utilisateur ou le mot de passe", "Saisissez-les de nouveau. Certains fournisseurs exigent un mot de passe réservé aux programmes."},
	store.MailAddress:     {"Le serveur de courriel refuse une adresse", "Vérifiez l’adresse de l’expéditeur et celles des destinataires."},
	store.MailOther:       {"Le serveur de courriel n’a pas accepté le message", "Demandez pourquoi à la personne qui gère ce serveur; son journal le dit."},
}

var noticeMailFR = NoticeMailText{
	Subject:     func(host, what string) string { return "Breakwater à " + host + "\u00a0: " + what },
	OverSubject: func(host, what string) string { return "Breakwater à " + host + "\u00a0: terminé\u00a0: " + what },
	Since:       func(when string) string { return "Constaté le " + when + "." },
	OverText: func(what, from, until string) string {
		return "Terminé\u00a0: " + what + ". Constaté le " + from + ", terminé le " + until + "."
	},
	More:        func(link string) string { return "Pour en savoir plus\u00a0: " + link },
	Foot:        "Breakwater envoie un message quand quelque chose ne va pas, et un autre quand c’est terminé. Aucun ne nomme de patient.",
	TestSubject: func(host string) string { return "Breakwater à " + host + "\u00a0: un essai" },
	TestText:    "Voici le message d’essai demandé sous Paramètres > Clinique > Avis. Les avis arriveront ainsi.",
}
