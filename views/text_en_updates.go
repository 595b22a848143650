package views

import "breakwater/store"

// updateFaultsEN say why an update is not with Ocean, to somebody at the front desk who believed it done.
var updateFaultsEN = map[store.Fault]Explained{
	store.FaultHost: {"The address of Ocean is not HTTPS, so nothing is sent there",
		"Ask somebody with the permission Referral Settings to correct the Ocean host. Then try again."},
	store.FaultName: {"Ocean’s address cannot be found",
		"Check that this clinic’s internet works, then try again. If other websites open, ask whoever runs Breakwater."},
	store.FaultAddress: {"Ocean’s address leads into a private network, so nothing is sent there",
		"Ask somebody with the permission Referral Settings to check the Ocean host. Then try again."},
	store.FaultConnect: {"Ocean could not be reached",
		"Ocean or this clinic’s internet may have been down. Try again once Ocean’s portal opens."},
	store.FaultCertificate: {"It is not certain that it is Ocean who answers, so nothing was sent",
		"Ask whoever runs Breakwater to check this machine’s clock and its firewall. Then try again."},
	store.FaultSlow: {"Ocean did not answer in time",
		"Try again. If Ocean has it already, it counts once."},
	store.FaultForbidden: {"Ocean does not let this clinic change the referral",
		"It may have been forwarded, or settled in the portal. Open it in Ocean; if nothing is left to do, drop this."},
	store.FaultGone: {"Ocean does not know this referral any more",
		"It may be archived. Look for it in Ocean’s portal; if it is settled there, drop this."},
	store.FaultRedirect: {"Ocean’s answer led to another website",
		"It was not followed. Ask whoever runs Breakwater to check the Ocean host. Then try again."},
	store.FaultTooLarge: {"It is larger than Ocean takes",
		"Edit it: leave the PDF out, choose a smaller one, or shorten the text."},
	store.FaultContent: {"Ocean does not take what it says",
		"Edit it by what Ocean says. If Ocean does not say why, do it in Ocean’s portal and drop this."},
	store.FaultBusy: {"Ocean asked to come again later",
		"Try again in a few minutes."},
	store.FaultServer: {"Ocean answered with an error of its own",
		"Try again later. If it stays so, do it in Ocean’s portal and drop this."},
	store.FaultCancelled: {"Held back: the sender cancelled the referral before this was sent",
		"Nothing more of it is sent unless you say so. Drop it, or send it all the same if the sender wants the referral to go on."},
	store.FaultDamaged: {"What was kept of it cannot be read any more",
		"Drop it and do it again. Tell whoever runs Breakwater that the database is damaged."},
}
