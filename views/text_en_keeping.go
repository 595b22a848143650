package views

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
}
