package views

var systemEN = SystemText{
	Audit: SystemAuditText{
		Whole:    "The database had been found damaged; a thorough check found it whole",
		Replaced: "The database had been found damaged; another took its place",
	},
}

var damageEN = DamageText{
	Title: "Breakwater’s database is damaged",
	Since: func(when string) string { return "Found at " + when },
	Lead: "So that nothing gets worse, Breakwater writes nothing into it any more. It receives no referrals and shows no patients, " +
		"since nobody’s looking at them could be noted. Ocean repeats each message for 96 hours: what it could not deliver comes by itself " +
		"once Breakwater runs again.",
	StepsTitle: "What to do, on the machine that runs Breakwater",
	Do: "Stop Breakwater: `systemctl stop breakwater`.\n" +
		"Look at the disk: `dmesg` names errors of reading and writing. A disk that has any must be replaced first.\n" +
		"Move the data folder aside, and keep it. If the master key is in it, copy `master.key` into a new, empty data folder.\n" +
		"Restore the newest backup that is good: `breakwater restore FILE`. It checks the backup before it changes anything.\n" +
		"Start Breakwater: `systemctl start breakwater`. `breakwater doctor` says whether all is well.",
	After:  "What came between the backup and the damage is still in Ocean. Ocean can send it again: Settings > Referral > Ocean leads there.",
	Banner: "Nothing is received, and no patient is shown, until a backup is restored. Tell whoever looks after the machine that runs Breakwater.",
}
