package views

import "breakwater/store"

var keepingEN = KeepingText{
	RotationStarted: func(key string) string {
		return "Data key " + key + " was made; everything is being sealed anew under it"
	},
	RotationEnded: func(key string, n int) string {
		return "Data key " + key + " seals everything: " + count(n, "value was", "values were") + " sealed anew, and the older key was removed"
	},
	RotationLeft: func(key string, n int) string {
		return "Data key " + key + " seals everything but " + count(n, "damaged value", "damaged values") + "; the older key was kept"
	},
	MasterReplaced: "A new master key was made",

	BackupMade:    func(file string) string { return "A backup was made: " + file },
	NightlyMade:   func(file string) string { return "The nightly backup was made: " + file },
	BackupFailed:  func(why string) string { return "A backup failed: " + why },
	NightlyFailed: func(why string) string { return "The nightly backup failed: " + why },
	BackupDamaged: func(n int) string {
		return "In it " + count(n, "thing is", "things are") + " not whole"
	},
	BackupTried: func(file string) string { return "Restoring was tried with " + file + ", and works" },
	BackupTriedFails: func(file, why string) string {
		if file == "" {
			return "Restoring could not be tried: " + why
		}
		return "Restoring was tried with " + file + ", and fails: " + why
	},
	Restored: func(file, until string) string {
		return "The data was restored from the backup " + file + ", which goes until " + until
	},
	Upgraded: func(version string) string { return "Breakwater " + version + " brought the database up to date" },
	Faults: map[store.BackupFault]string{
		store.BackupFull:    "the disk has too little room",
		store.BackupFolder:  "the folder cannot be reached or written to",
		store.BackupBusy:    "another one was being made, or the database was locked",
		store.BackupDamage:  "the database or the backup is damaged",
		store.BackupKey:     "the master key does not fit",
		store.BackupBroken:  "Breakwater was stopped",
		store.BackupMissing: "there is no backup",
		store.BackupOther:   "the service’s log says why",
	},
}
