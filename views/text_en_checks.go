package views

import "breakwater/store"

var checksEN = map[CheckID]string{
	CheckConfiguration: "Configuration", CheckService: "Service", CheckFolder: "Who may read the files", CheckKey: "Master key",
	CheckDisk: "Disk", CheckDatabase: "Database", CheckAudit: "Audit log", CheckClock: "Clock", CheckBackup: "Backups",
	CheckCertificate: "Certificate", CheckAddress: "Addresses", CheckOcean: "Ocean", CheckMail: "Notices by email",
}

var foundEN = map[string]Explained{
	"configuration":       {"The configuration can be used", "Flags, environment and /etc/breakwater/env were read."},
	"configuration.wrong": {"The configuration has a mistake", "The reason: {name}"},

	"service":         {"Breakwater runs", "It answers at {name}."},
	"service.stopped": {"Breakwater does not run", "Nobody answers at {name}. Start it: systemctl start breakwater, or breakwater serve."},
	"service.unready": {"Breakwater runs, but is not ready: {name}", "The line of that name says what to do."},

	"folder":      {"Nobody else may read the data folder and the key", "Their modes let only the owner in."},
	"folder.open": {"Others on this machine may read {name}", "Close it to them: chmod go-rwx {name}"},

	"key":         {"The master key is in its place and fits", "Keep a copy of it somewhere else: without it nothing can be read."},
	"key.missing": {"The master key is missing", "Put it back in its place: {name}. Without it the next start fails, and no backup can be opened."},
	"key.wrong":   {"The master key does not fit the database", "Put the key that was made with this database in its place: {name}."},
	"key.open":    {"Others on this machine may read the master key", "Close it to them: chmod go-rwx {name}"},
	"key.unread":  {"The master key cannot be read", "The reason: {name}"},

	"disk":          {"{free} are free", "Below {floor} nothing would be received."},
	"disk.low":      {"The disk is filling up: {free} are free", "Below {floor} nothing is received. Free some space, or get a larger disk."},
	"disk.full":     {"The disk is full: {free} are free", "Below {floor} nothing is received; Ocean repeats its messages for 96 hours. Free some space, and it goes on by itself."},
	"disk.readonly": {"The disk takes no writes", "It is mounted read-only, as happens after an error: look at dmesg, then mount it again or replace it."},
	"disk.unread":   {"How full the disk is cannot be seen", "The reason: {name}"},

	"database":            {"The database is whole and can be written to", "It was read through just now."},
	"database.live":       {"The database can be written to", "It is read through at the start and daily."},
	"database.none":       {"There is no database yet", "Start breakwater serve: it makes one."},
	"database.damaged":    {"The database is damaged", "Stop Breakwater, and restore the newest backup that is good: breakwater restore --replace FILE. The damaged database is kept beside it."},
	"database.busy":       {"Another program holds the database", "Try again in a minute. If it stays so, look which program has it open: fuser {name}"},
	"database.unwritable": {"The database cannot be written to", "The reason: {name}"},
	"database.older":      {"The database is of an older version", "Start breakwater serve once: it brings the database up to date, after a copy of it was put beside it."},
	"database.newer":      {"The database is of a newer version", "Install the version of Breakwater that was used last, or a newer one."},
	"database.denied":     {"The database cannot be read by you", "Run this as the user that Breakwater runs as: sudo -u breakwater breakwater doctor."},
	"database.unread":     {"The database cannot be read", "The reason: {name}"},

	"audit":         {"The audit log is whole", "It has {count} entries."},
	"audit.head":    {"The record of the newest entry holds", "The whole log is checked daily, and on its page under Settings."},
	"audit.touched": {"The audit log was touched", "Keep the data as it is and tell your privacy officer. breakwater audit verify says where it begins."},
	"audit.lost": {"The audit log is shorter than it was: entry {count}, noted in {name}, is not in it",
		"If a backup was restored, that is why: begin a new file for it. Otherwise keep the data folder as it is, and tell your privacy officer."},
	"audit.outlet": {"The audit log’s newest entry cannot be noted in {name} since {when}", "It is tried every minute."},
	"audit.unread": {"The audit log cannot be read", "The reason: {name}"},

	"clock":          {"The clock is plausible", "Whether anything keeps it right, this machine does not say."},
	"clock.synced":   {"The clock is kept right", "The machine sets it by others."},
	"clock.unsynced": {"Nothing keeps the clock right", "Turn time synchronization on: timedatectl set-ntp true."},
	"clock.back":     {"The clock went back", "It stands before a time that it had shown. Set it right: timedatectl set-ntp true. If it is right now, say so under Settings > System."},
	"clock.ahead":    {"The clock leapt ahead", "Nothing is removed for its age since {when}. Set the clock right; if it is right now, say so under Settings > System."},
	"clock.floor":    {"The clock is wrong", "It stands before Breakwater was made. Set it right: timedatectl set-ntp true."},

	"backup":        {"The last good backup is of {when}, {age}", "Keep a copy of backups and of the master key outside of this machine."},
	"backup.off":    {"No backups are made by themselves", "Set BREAKWATER_BACKUP_DIR to a folder, best on another disk, or make them yourself: breakwater backup FILE."},
	"backup.never":  {"There is no backup yet", "The first one is made the coming night; breakwater backup FILE makes one now."},
	"backup.old":    {"The last good backup is of {when}, {age}: it is old", "It should be of the last night. Look whether the folder for backups can be reached and has room: {name}"},
	"backup.failed": {"No backup has been good yet", "Look whether the folder for backups can be reached and has room: {name}"},
	"backup.last":   {"The last backup, at {when}, failed: {name}", "A nightly one is tried again by itself, every hour."},
	"backup.tried":  {"Restoring the newest backup was tried at {when}, and works", "That is done every month."},
	"backup.trial":  {"A backup could not be restored when that was tried, at {when}: {name}", "Make another one with breakwater backup FILE, and try it with breakwater restore --check FILE."},

	"certificate":           {"The certificate holds until {when}", "Breakwater takes a renewed one by itself."},
	"certificate.none":      {"Breakwater has no certificate of its own", "It answers plain HTTP; a proxy in front of it may have one."},
	"certificate.soon":      {"The certificate expires at {when}", "Renew it in its files: Breakwater takes the new one by itself."},
	"certificate.over":      {"The certificate expired at {when}", "Browsers and Ocean refuse it. Renew it in its files: Breakwater takes the new one by itself."},
	"certificate.soon.acme": {"The certificate expires at {when}", "It should have been renewed by itself. Breakwater’s log says why it was not; often the authority cannot reach this machine."},
	"certificate.over.acme": {"The certificate expired at {when}", "Browsers and Ocean refuse it. Breakwater’s log says why it was not renewed; often the authority cannot reach this machine."},
	"certificate.unread":    {"The certificate cannot be used", "The reason: {name}"},

	"address":           {"People and Ocean use {name}", "Links lead there, and forms from there are taken."},
	"address.local":     {"The base URL leads to this machine alone: {name}", "Other computers and Ocean cannot use it. Set BREAKWATER_BASE_URL to the address that they use."},
	"address.http":      {"The base URL is plain HTTP: {name}", "Ocean wants https. Use a certificate, here or in a proxy, and set BREAKWATER_BASE_URL."},
	"address.unreached": {"Nobody can reach {name}", "Breakwater listens on this machine alone. Set BREAKWATER_LISTEN, or put a proxy in front of it and name that in BREAKWATER_TRUSTED_PROXIES."},

	"ocean":            {"The connection with Ocean is set up", "Settings > Referral > Ocean says how it does."},
	"ocean.works":      {"Ocean takes the Client ID and Secret", "It was asked just now."},
	"ocean.unfinished": {"The set-up is not finished", "Settings > Referral > Set up shows the next step."},
	"ocean.fault":      {"Something is wrong between here and Ocean", "Referrals that Ocean could not deliver are repeated for 96 hours."},

	"mail":         {"Notices go to {name}", "One when something is wrong, and one when it is over."},
	"mail.off":     {"Nobody is told by email when something is wrong", "Whoever wants to hear of it without looking here enters a mail server under Settings > Clinic > Notifications."},
	"mail.failing": {"No email goes out since {when}", "Settings > Clinic > Notifications has a test."},
}

var incidentsEN = map[store.IncidentKind]Explained{
	store.IncidentMessages: {"No message from Ocean for {hours} working hours", "The last one came at {since}. If there really was nothing, all is well. Otherwise run the self-test under " +
		"Settings > Referral > Ocean, and look in Ocean’s portal whether Ocean Cloud Connect is on."},
	store.IncidentDelivery: {"Ocean can deliver nothing since {since}", "Ocean repeats each message for 96 hours."},
	store.IncidentCredentials: {"Ocean refuses the Client ID and Secret since {since}", "Referrals still come in; documents and updates wait. Make new credentials in Ocean’s portal " +
		"and enter them under Settings > Referral > Ocean."},
	store.IncidentDisk:   {"The disk is filling up: {free} are free", "Below {floor} nothing is received; Ocean repeats its messages for 96 hours. Free some space, or get a larger disk."},
	store.IncidentBackup: {"The last good backup is old", "Look at Settings > System, and whether the place for backups can be reached and has room."},
	store.IncidentCertificate: {"The certificate expires at {until}", "After that browsers and Ocean refuse it. Renew it in its files: Breakwater takes the new one by itself. " +
		"One that it gets by ACME should have been renewed: its log says why not."},
	store.IncidentAudit:    {"The audit log was touched", "Keep the data as it is and tell your privacy officer. Settings > Audit log says where it begins."},
	store.IncidentOutlet:   {"The audit log’s newest entry cannot be noted in {outlet} since {since}", "Meanwhile nobody could tell if somebody cut off its end."},
	store.IncidentClock:    {"The clock of the machine cannot be believed", "Set it right. Settings > System says what is wrong with it."},
	store.IncidentMail:     {"No email goes out since {since}", "Notices about Breakwater wait until it does."},
	store.IncidentDatabase: {"The database is damaged", "Nothing is received, and no patient is shown, until a backup is restored. Every page of Breakwater says what to do."},
}

var mailFaultsEN = map[store.MailFault]Explained{
	store.MailConnect:     {"Nobody answers at the mail server", "Check its name and port, and that the firewall lets this machine reach it."},
	store.MailCertificate: {"The mail server offers no TLS that holds", "Nothing was sent. Check the name of the server, the port, and the kind of TLS."},
	store.MailCredentials: {"The mail server refuses the user or the password", "Enter both again. Some providers want a password that is made for programs."},
	store.MailAddress:     {"The mail server refuses an address", "Check the sender’s address and those of the recipients."},
	store.MailOther:       {"The mail server would not take the message", "Ask whoever runs the mail server; its log says why."},
}

var noticeMailEN = NoticeMailText{
	Subject:     func(host, what string) string { return "Breakwater at " + host + ": " + what },
	OverSubject: func(host, what string) string { return "Breakwater at " + host + ": over: " + what },
	Since:       func(when string) string { return "Noticed at " + when + "." },
	OverText: func(what, from, until string) string {
		return "This is over: " + what + ". It was noticed at " + from + " and ended at " + until + "."
	},
	More:        func(link string) string { return "More: " + link },
	Foot:        "Breakwater sends one message when something is wrong, and one when it is over. None of them names a patient.",
	TestSubject: func(host string) string { return "Breakwater at " + host + ": a test" },
	TestText:    "This is the test message that somebody asked for under Settings > Clinic > Notifications. Notices will come this way.",
}
