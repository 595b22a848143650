package views

import "breakwater/store"

var keepingFR = KeepingText{
	RotationStarted: func(key string) string {
		return "La clé de données " + key + " a été créée; tout est en train d’être rescellé avec elle"
	},
	RotationEnded: func(key string, n int) string {
		return "La clé de données " + key + " scelle tout\u00a0: " + countFR(n, "valeur rescellée", "valeurs rescellées") + ", ancienne clé supprimée"
	},
	RotationLeft: func(key string, n int) string {
		return "La clé de données " + key + " scelle tout sauf " + countFR(n, "valeur endommagée", "valeurs endommagées") + "; l’ancienne clé a été gardée"
	},
	MasterReplaced: "Une nouvelle clé maîtresse a été créée",

	BackupMade:    func(file string) string { return "Une sauvegarde a été faite\u00a0: " + file },
	NightlyMade:   func(file string) string { return "La sauvegarde de nuit a été faite\u00a0: " + file },
	BackupFailed:  func(why string) string { return "Une sauvegarde a échoué\u00a0: " + why },
	NightlyFailed: func(why string) string { return "La sauvegarde de nuit a échoué\u00a0: " + why },
	BackupDamaged: func(n int) string {
		return "Elle contient " + countFR(n, "élément endommagé", "éléments endommagés")
	},
	BackupTried: func(file string) string { return "La restauration de " + file + " a été essayée et fonctionne" },
	BackupTriedFails: func(file, why string) string {
		if file == "" {
			return "La restauration n’a pas pu être essayée\u00a0: " + why
		}
		return "La restauration de " + file + " a été essayée et échoue\u00a0: " + why
	},
	Restored: func(file, until string) string {
		return "Les données ont été restaurées à partir de la sauvegarde " + file + ", qui va jusqu’au " + until
	},
	Upgraded: func(version string) string { return "Breakwater " + version + " a mis la base de données à jour" },
	Faults: map[store.BackupFault]string{
		store.BackupFull:    "le disque n’a pas assez de place",
		store.BackupFolder:  "le dossier est inaccessible ou protégé en écriture",
		store.BackupBusy:    "une autre était en cours, ou la base de données était verrouillée",
		store.BackupDamage:  "la base de données ou la sauvegarde est endommagée",
		store.BackupKey:     "la clé maîtresse ne convient pas",
		store.BackupBroken:  "Breakwater a été arrêté",
		store.BackupMissing: "il n’y a aucune sauvegarde",
		store.BackupOther:   "le journal du service dit pourquoi",
	},
}
