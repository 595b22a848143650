package views

// StrengthText says how a password does while somebody types it.
type StrengthText struct {
	Short   func(missing int) string
	Long    func(over int) string
	Guessed string
	Common  string // why it is easily guessed
	Own     string // likewise
	Good    string
	Strong  string
}
