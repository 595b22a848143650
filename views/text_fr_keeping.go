package views

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
}
