package views

import (
	"strconv"

	"breakwater/store"
)

var outsideFR = OutsideText{
	Lost: func(entry int, outlet string) string {
		return "Le journal d’audit est plus court qu’avant\u00a0: l’entrée " + strconv.Itoa(entry) + ", notée dans " + outlet + ", n’y est plus"
	},
	LostText: "Quelqu’un a enlevé les entrées les plus récentes, ou a remis une copie plus ancienne de la base de données. Si une sauvegarde a été restaurée, " +
		"c’est la raison. Sinon, laissez le dossier des données tel quel et avertissez votre responsable de la protection de la vie privée.",
	Fails: func(outlet string) string {
		return "La plus récente entrée du journal d’audit ne peut pas être notée dans " + outlet
	},
	Since: "depuis",
	Noted: func(outlet string) string { return "Plus récente entrée notée dans " + outlet },
	Outlets: map[string]string{
		"log": "le journal de Breakwater", "file": "le fichier prévu", "syslog": "le journal d’un autre ordinateur",
	},
	Faults: map[store.OutletFault]string{
		store.OutletMissing:     "Le dossier du fichier est introuvable. Remontez son disque.",
		store.OutletDenied:      "Breakwater n’a pas le droit d’écrire ce fichier. Donnez ce droit à son utilisateur.",
		store.OutletFull:        "Le disque du fichier est plein. Faites-y de la place.",
		store.OutletUnreachable: "L’autre ordinateur est injoignable. Vérifiez qu’il fonctionne et qu’il reçoit des journaux à cette adresse.",
		store.OutletCertificate: "L’autre ordinateur ne prouve pas qu’il est le bon. Vérifiez son certificat et BREAKWATER_AUDIT_HEAD_CA_FILE.",
		store.OutletSlow:        "Aucune réponse n’est venue à temps. Vérifiez si le disque ou l’autre ordinateur est bloqué.",
		store.OutletOther:       "Le journal de Breakwater dit pourquoi.",
	},
	About: "Aiguillage ou patient",
	AboutWrong: func(typed string) string {
		return "Saisissez une référence d’aiguillage ou un numéro de carte Santé. Vous avez saisi " + typed + "."
	},
	AboutSecret: "Le numéro de carte Santé est réservé aux personnes qui ont la permission Voir les aiguillages. Saisissez plutôt une référence d’aiguillage.",
	AboutNobody: "Aucun aiguillage d’un patient ayant ce numéro de carte Santé ne se trouve ici.",
	FHIRLines:   "FHIR AuditEvent, un par ligne",
	ExportOne:   "Exporter ce que le journal en dit",
	Exported: func(format, from, until string, referrals int) string {
		text := "Le journal d’audit a été exporté en " + format
		switch {
		case from != "" && until != "":
			text += ", du " + from + " au " + until
		case from != "":
			text += ", à partir du " + from
		case until != "":
			text += ", jusqu’au " + until
		}
		if referrals >= 0 {
			text += ", au sujet de " + countFR(referrals, "aiguillage", "aiguillages")
		}
		return text
	},
}
