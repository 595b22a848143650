package views

// KeepingText is how what is kept is kept: keys and backups, as the audit log tells of them.
type KeepingText struct {
	RotationStarted func(key string) string
	RotationEnded   func(key string, values int) string // everything, and the older key is gone
	RotationLeft    func(key string, left int) string   // damaged values stay under the older key
	MasterReplaced  string
}
