package views

import "breakwater/store"

var permissionsFR = map[store.Permission]Explained{
	store.ReferralSettings: {"Paramètres d’aiguillage", "Relier la clinique à Ocean\u00a0: numéro de site, identifiants, clés."},
	store.ViewReferrals:    {"Voir les aiguillages", "Lire les aiguillages et tout ce qui a été envoyé avec eux."},
	store.ManageReferrals: {"Gérer les aiguillages", "Accepter, refuser et terminer les aiguillages, fixer les " +
		"rendez-vous et envoyer des messages."},
	store.ViewRawMessages: {"Voir les messages bruts", "Lire les messages d’Ocean exactement tels qu’ils sont arrivés."},
	store.EditUsers:       {"Modifier les comptes d’autres personnes", "Ajouter des personnes, désactiver leur compte et déterminer ce qu’elles peuvent faire."},
	store.EditRoles:       {"Modifier les rôles", "Déterminer ce que chaque rôle permet de faire."},
	store.ViewAuditLog:    {"Voir le journal d’audit", "Voir qui a fait quoi, et quand."},
	store.SystemSettings:  {"Paramètres du système", "Configurer Breakwater lui-même."},
}

var rolesFR = map[string]string{
	store.RoleAdministrator:  "Administration",
	store.RoleFrontDesk:      "Accueil",
	store.RolePrivacyOfficer: "Responsable de la protection de la vie privée",
}

var directionsFR = map[store.Direction]string{
	store.DirectionReceived: "Reçu",
	store.DirectionSent:     "Envoyé",
	store.DirectionUnknown:  "Reçu ou envoyé\u00a0: on ne sait pas",
}

// The portal's folders are in English: these follow them word for word where French allows.
// French has one word for Reply and Response, so those two keep the portal's beside it.
var foldersFR = map[store.Folder]string{
	store.FolderNew:               "Nouveau",
	store.FolderPendingBooking:    "En attente de rendez-vous",
	store.FolderBookedUnconfirmed: "Rendez-vous non confirmé",
	store.FolderBookedConfirmed:   "Rendez-vous confirmé",
	store.FolderAwaitingReply:     "En attente de réponse (Reply)",
	store.FolderAwaitingResponse:  "En attente de réponse (Response)",
	store.FolderDeclined:          "Refusé",
	store.FolderCompleted:         "Terminé",
	store.FolderCancelled:         "Annulé",
	store.FolderForwarded:         "Transféré",
}

var prioritiesFR = map[string]string{"routine": "De routine", "urgent": "Urgent", "asap": "Dès que possible", "stat": "STAT"}

var gendersFR = map[string]string{"male": "Masculin", "female": "Féminin", "other": "Autre", "unknown": "Inconnu"}

var contactsFR = map[string]string{
	"phone":        "Téléphone",
	"phone/home":   "Téléphone (domicile)",
	"phone/work":   "Téléphone (travail)",
	"phone/mobile": "Téléphone (cellulaire)",
	"phone/temp":   "Téléphone (temporaire)",
	"phone/old":    "Téléphone (ancien)",
	"fax":          "Télécopieur",
	"email":        "Courriel",
	"pager":        "Téléavertisseur",
	"sms":          "Messages texte",
	"url":          "Site Web",
	"other":        "Autre coordonnée",
}

var addressUsesFR = map[string]string{
	"home":    "Adresse (domicile)",
	"work":    "Adresse (travail)",
	"temp":    "Adresse (temporaire)",
	"old":     "Adresse (ancienne)",
	"billing": "Adresse (facturation)",
	"":        "Adresse",
}

var eventsFR = map[string]string{
	"add-service-request":               "Nouvel aiguillage",
	"notify-add-service-request":        "Avis d’un aiguillage fait ailleurs",
	"notify-update-service-request":     "Mise à jour",
	"revoke-service-request":            "Annulation par l’expéditeur",
	"send-communication":                "Message",
	"send-communication-from-requester": "Message du fournisseur aiguilleur",
	"send-communication-from-provider":  "Message de la clinique",
	"add-communication":                 "Message",
	"notify-data-correction":            "Données corrigées",
	"notify-add-process-request":        "État attribué",
	"notify-update-process-request":     "État modifié",
	"notify-update-status":              "État modifié",
	"notify-add-appointment":            "Rendez-vous fixé",
	"notify-update-appointment":         "Rendez-vous modifié",
}

var linkKindsFR = map[store.LinkKind]string{
	store.LinkReplaces:   "Remplace",
	store.LinkReplacedBy: "Remplacé par",
	store.LinkBasedOn:    "Détaché de",
}

var fileTypesFR = map[string]string{
	"application/pdf":          "PDF",
	"application/rtf":          "Document texte",
	"application/octet-stream": "Type de fichier inconnu",
	"audio/mpeg":               "Son (MP3)",
	"video/mp4":                "Vidéo (MP4)",
	"application/msword":       "Document Word",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Document Word",
	"image/jpeg": "Image (JPEG)",
	"image/png":  "Image (PNG)",
	"image/tiff": "Numérisation (TIFF)",
	"text/html":  "Page Web",
	"text/plain": "Texte",
}

var problemsFR = ProblemsText{
	Title: "Problèmes de transmission",
	Lead: "Ocean a transmis ces messages, et Breakwater les a tous conservés. Chacun a quelque chose " +
		"d’inhabituel\u00a0: une personne devrait y jeter un coup d’œil.",
	EmptyTitle:     "Aucun problème de transmission",
	EmptyText:      "Tout ce qu’Ocean a transmis a été compris, et aucun document n’est à vérifier.",
	OpenReferral:   "Ouvrir l’aiguillage",
	OpenReferralOf: func(received string) string { return "Ouvrir l’aiguillage du message reçu le " + received },
	NoReferral:     "N’est lié à aucun aiguillage ici.",
	MessageID:      "Numéro du message",
	EventCode:      "Événement tel que transmis",
	Received:       "Reçu le",
	Deliveries:     "Nombre de transmissions",
	List:           "Messages à vérifier",
	UnknownTitle:   "Ce message a quelque chose d’inhabituel",
	UnknownDo: "Comparez l’aiguillage avec le portail d’Ocean. S’il paraît inexact, avertissez la personne " +
		"responsable de Breakwater.",
}

var problemKindsFR = map[store.Problem]Explained{
	store.ProblemUnknownEvent: {"Ocean a envoyé un type de message que Breakwater ne connaît pas",
		"Il est conservé en entier. Ouvrez l’aiguillage dans Ocean pour voir ce qui a changé."},
	store.ProblemInvalidUTF8: {"Des lettres étaient abîmées avant l’arrivée du message",
		"Elles s’affichent ainsi\u00a0: �. Comparez les noms et les notes avec Ocean avant de vous y fier."},
	store.ProblemNoReference: {"Le message ne dit pas de quel aiguillage il s’agit",
		"On ne peut le lier à aucun. Cherchez dans le portail d’Ocean un aiguillage arrivé à ce moment-là et absent d’ici."},
	store.ProblemNoPatient: {"Un nouvel aiguillage est arrivé sans patient",
		"Ouvrez-le dans Ocean et voyez pour qui il est. S’il n’y a pas de patient là non plus, demandez au fournisseur aiguilleur."},
	store.ProblemNoRecipient: {"Le message ne dit pas à quelle clinique il est destiné",
		"L’aiguillage est rangé avec ceux qui sont reçus. Ouvrez-le dans Ocean et voyez à qui il est adressé."},
	store.ProblemOddResource: {"Une partie du message avait une forme inattendue et a été laissée de côté",
		"Le reste est affiché. Comparez l’aiguillage avec le portail d’Ocean pour voir ce qui manque peut-être."},
	store.ProblemContentChanged: {"Ocean a répété un message, avec un autre contenu qu’auparavant",
		"Les deux sont conservés. Comparez l’aiguillage avec le portail d’Ocean et fiez-vous à ce qui y figure."},
}
