package views

import "breakwater/store"

// KeepingText is how what is kept is kept: keys and backups, as the audit log tells of them.
type KeepingText struct {
	RotationStarted func(key string) string
	RotationEnded   func(key string, values int) string // everything, and the older key is gone
	RotationLeft    func(key string, left int) string   // damaged values stay under the older key
	MasterReplaced  string

	BackupMade                  func(file string) string
	NightlyMade                 func(file string) string
	BackupFailed, NightlyFailed func(why string) string
	BackupDamaged               func(n int) string // after one of the sentences about it
	BackupTried                 func(file string) string
	BackupTriedFails            func(file, why string) string // file may be empty
	Restored                    func(file, until string) string
	Upgraded                    func(version string) string
	Faults                      map[store.BackupFault]string // why there is no backup, in the middle of a sentence
}
