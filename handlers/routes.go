package handlers

import (
	"net/http"

	"breakwater/static"
	"breakwater/store"
	"breakwater/views"

	"github.com/labstack/echo/v4"
)

// access is what a route asks of whoever comes. Its zero value lets nobody in.
type access struct {
	open       bool // anybody
	person     bool // anybody who is signed in
	permission store.Permission
	proof      func(*request) (bool, error) // whether it wants a proof; nil: never
	quiet      bool                         // see [quietly]
	adding     bool                         // see [access.whileDue]
	damaged    bool                         // see [evenDamaged]
	room       int64                        // bytes that its form may have; 0 is maxForm
}

var (
	public   = access{open: true}
	signedIn = access{person: true}
)

func needs(p store.Permission) access { return access{person: true, permission: p} }

// proven is for what wants the person to have proved who they are a short time ago (see [request.proven]):
// whoever finds somebody else's screen must not be able to do it.
func (a access) proven() access {
	return a.provenIf(func(*request) (bool, error) { return true, nil })
}

// provenIf is proven for requests of which sensitive is true.
func (a access) provenIf(sensitive func(*request) (bool, error)) access {
	a.proof = sensitive
	return a
}

// quietly is for what an open page asks by itself, again and again: that nobody is there must still
// end the session, and a refusal is nobody's act that the audit log should tell every few seconds.
func quietly(a access) access {
	a.quiet = true
	return a
}

// whileDue is for what leads to a second step: somebody who must have one and has none gets no further.
func (a access) whileDue() access {
	a.adding = true
	return a
}

// evenDamaged is for what may still be opened while the database is damaged: pages without patients,
// whose opening need not be noted, since nothing can be.
func evenDamaged(a access) access {
	a.damaged = true
	return a
}

// withRoom is for the form that carries a file.
func withRoom(bytes int64, a access) access {
	a.room = bytes
	return a
}

// allows reports whether a person, nil for a stranger, may pass.
func (a access) allows(u *store.User) bool {
	return a.open || a.person && u != nil && (a.adding || !u.FactorDue) && (a.permission == "" || u.Can(a.permission))
}

// route is one line of the table. All four parts must be given, or it does not compile.
type route struct {
	method  string
	path    string
	access  access
	handler func(*request) error
}

const (
	get  = http.MethodGet
	post = http.MethodPost

	publicPrefix = "/public/"
	bundlesPath  = "/public/ocean/fhir_bundles"
	healthPath   = "/healthz"
	readyPath    = "/readyz"
)

// table is every route there is, with what it needs.
func (s *server) table() []route {
	return []route{
		{post, bundlesPath, public, s.receiveBundle}, // by key: checked in the handler, before the body
		{get, bundlesPath, public, s.explainBundles},
		{get, healthPath, evenDamaged(public), s.alive},
		{get, readyPath, evenDamaged(public), s.isReady},
		{get, static.Prefix + "*", evenDamaged(public), s.staticFile},

		{get, "/setup", public, s.setupPage}, // by first-run token
		{post, "/setup", public, s.setup},
		{get, "/welcome", public, s.welcomePage}, // by one-time link
		{post, "/welcome", public, s.welcome},
		{post, "/password/strength", public, s.passwordStrength}, // whoever chooses a first one has no session yet
		{get, "/login", public, s.loginPage},
		{post, "/login", public, s.login},
		{post, "/login/passkey/options", public, s.passkeyOptions},
		{post, "/login/passkey", public, s.passkeyLogin},
		{get, stepPath, public, s.stepPage}, // by the cookie that a right password gets
		{post, stepPath, public, s.takeStep},
		{post, stepPath + "/options", public, s.stepOptions},
		{post, "/logout", public, s.logout}, // one whose session is over may press it too

		{get, "/", signedIn, s.home},
		{get, "/account", signedIn, s.accountPage},
		{post, "/account", signedIn, s.saveAccount},
		{post, "/account/password", signedIn.whileDue(), s.changePassword},
		{post, "/account/sessions", signedIn, s.endOwnSessions},
		{post, provePath, signedIn.whileDue().proven(), s.prove},
		{post, provePath + "/options", signedIn.whileDue(), s.proveOptions},
		{get, sessionPath, quietly(signedIn.whileDue()), s.sessionLeft},
		{post, sessionPath, signedIn.whileDue(), s.staySignedIn},
		{get, resumePath, signedIn, s.resumePage},
		{post, resumePath + "/discard", signedIn, s.discardHeld},
		{get, factorsPath, signedIn.whileDue(), s.factorsPage},
		{get, factorsPath + "/passkeys/new", signedIn.whileDue().proven(), s.newPasskeyPage},
		{post, factorsPath + "/passkeys/options", signedIn.whileDue().proven(), s.newPasskeyOptions},
		{post, factorsPath + "/passkeys", signedIn.whileDue().proven(), s.addPasskey},
		{get, factorsPath + "/passkeys/:id", signedIn, s.passkeyPage},
		{post, factorsPath + "/passkeys/:id", signedIn, s.renamePasskey},
		{get, factorsPath + "/passkeys/:id/remove", signedIn, s.removePasskeyPage},
		{post, factorsPath + "/passkeys/:id/remove", signedIn.proven(), s.removePasskey},
		{get, factorsPath + "/app", signedIn.whileDue().proven(), s.appPage},
		{post, factorsPath + "/app", signedIn.whileDue().proven(), s.beginApp},
		{post, factorsPath + "/app/confirm", signedIn.whileDue(), s.confirmApp}, // of a secret that was shown after a proof, not long ago
		{get, factorsPath + "/app/remove", signedIn, s.removeAppPage},
		{post, factorsPath + "/app/remove", signedIn.proven(), s.removeApp},
		{get, factorsPath + "/codes", signedIn, s.renewCodesPage},
		{post, factorsPath + "/codes", signedIn.proven(), s.renewCodes},

		{get, "/referrals", needs(store.ViewReferrals), s.referralsPage},
		{post, "/referrals/search", needs(store.ViewReferrals), s.searchReferrals},
		{get, "/referrals/search", needs(store.ViewReferrals), s.referralsInstead},
		{get, "/referrals/news", quietly(needs(store.ViewReferrals)), s.referralNews},
		{get, "/referrals/problems", needs(store.ViewReferrals), s.problemsPage},
		{post, "/referrals/problems/retry", needs(store.ManageReferrals), s.retryDocuments},
		{post, "/referrals/problems/again", needs(store.ManageReferrals), s.processAgain},
		{post, "/referrals/problems/seen", needs(store.ManageReferrals), s.markSeen},
		{get, "/messages/:id", needs(store.ViewRawMessages).proven(), s.rawMessage},
		{get, "/referrals/:id", needs(store.ViewReferrals), s.referralPage},
		{get, "/referrals/:id/changed", quietly(needs(store.ViewReferrals)), s.referralChanged},
		{get, "/referrals/:id/told", quietly(needs(store.ViewReferrals)), s.toldNow},
		{get, "/referrals/:id/opened", needs(store.ViewAuditLog), s.openedPage},
		{post, "/referrals/:id/reviewed", needs(store.ManageReferrals), s.reviewed},
		{post, "/referrals/:id/assign", needs(store.ManageReferrals), s.assign},
		{post, "/referrals/:id/ask-review", needs(store.ManageReferrals), s.askReview},
		{post, "/referrals/:id/notes", withRoom(maxNoteForm, needs(store.ManageReferrals)), s.addNote},
		{get, "/referrals/:id/accept", needs(store.ManageReferrals), s.actPage(views.ActAccept)},
		{post, "/referrals/:id/accept", needs(store.ManageReferrals), s.doAct(views.ActAccept)},
		{get, "/referrals/:id/decline", needs(store.ManageReferrals), s.actPage(views.ActDecline)},
		{post, "/referrals/:id/decline", needs(store.ManageReferrals), s.doAct(views.ActDecline)},
		{get, "/referrals/:id/book", needs(store.ManageReferrals), s.actPage(views.ActBook)},
		{post, "/referrals/:id/book", needs(store.ManageReferrals), s.doAct(views.ActBook)},
		{get, "/referrals/:id/confirm", needs(store.ManageReferrals), s.actPage(views.ActConfirm)},
		{post, "/referrals/:id/confirm", needs(store.ManageReferrals), s.doAct(views.ActConfirm)},
		{get, "/referrals/:id/unbook", needs(store.ManageReferrals), s.actPage(views.ActUnbook)},
		{post, "/referrals/:id/unbook", needs(store.ManageReferrals), s.doAct(views.ActUnbook)},
		{get, "/referrals/:id/message", needs(store.ManageReferrals), s.actPage(views.ActMessage)},
		{post, "/referrals/:id/message", withRoom(maxMessageForm, needs(store.ManageReferrals)), s.doAct(views.ActMessage)},
		{get, "/referrals/:id/complete", needs(store.ManageReferrals), s.actPage(views.ActComplete)},
		{post, "/referrals/:id/complete", needs(store.ManageReferrals), s.doAct(views.ActComplete)},
		{get, "/referrals/:id/reopen", needs(store.ManageReferrals), s.actPage(views.ActReopen)},
		{post, "/referrals/:id/reopen", needs(store.ManageReferrals), s.doAct(views.ActReopen)},
		{post, "/referrals/:id/updates/:update/retry", needs(store.ManageReferrals), s.retryUpdate},
		{get, "/referrals/:id/updates/:update/drop", needs(store.ManageReferrals), s.dropUpdatePage},
		{post, "/referrals/:id/updates/:update/drop", needs(store.ManageReferrals), s.dropUpdate},
		{get, "/referrals/:id/documents/:document", needs(store.ViewReferrals), s.document},
		{post, "/referrals/:id/documents/:document/retry", needs(store.ManageReferrals), s.retryDocument},

		{get, oceanPath, needs(store.ReferralSettings), s.oceanPage},
		{post, oceanPath, needs(store.ReferralSettings).provenIf(s.replacesAccess), s.saveOcean},
		{post, oceanPath + "/generate", needs(store.ReferralSettings).provenIf(s.replacesKey), s.generateKey},
		{post, oceanPath + "/show-key", needs(store.ReferralSettings).proven(), s.showKeys},
		{get, oceanPath + "/retire-key", needs(store.ReferralSettings), s.retireKeyPage},
		{post, oceanPath + "/retire-key", needs(store.ReferralSettings).proven(), s.retireKey},
		{post, oceanPath + "/test", needs(store.ReferralSettings), s.testOcean},
		{get, oceanPath + "/remove-secret", needs(store.ReferralSettings), s.removeSecretPage},
		{post, oceanPath + "/remove-secret", needs(store.ReferralSettings).proven(), s.removeSecret},
		{get, stepsPath, needs(store.ReferralSettings), s.stepsPage},
		{post, stepsPath, needs(store.ReferralSettings), s.tickStep},
		{get, selfTestPath, needs(store.ReferralSettings), s.selfTestPage},
		{post, selfTestPath, needs(store.ReferralSettings), s.runSelfTest},
		{get, missedPath, needs(store.ReferralSettings), s.missedPage},
		{post, missedPath, needs(store.ReferralSettings), s.missedCSV},
		{post, "/settings/referral/repaired", needs(store.ReferralSettings), s.repairGap},

		{get, peoplePath, needs(store.EditUsers), s.peoplePage},
		{get, peoplePath + "/new", needs(store.EditUsers), s.newPersonPage},
		{post, peoplePath, needs(store.EditUsers).proven(), s.addPerson},
		{get, peoplePath + "/:id", needs(store.EditUsers), s.personPage},
		{post, peoplePath + "/:id", needs(store.EditUsers).proven(), s.saveRights},
		{get, peoplePath + "/:id/disable", needs(store.EditUsers), s.personActPage(disablePerson)},
		{post, peoplePath + "/:id/disable", needs(store.EditUsers).proven(), s.doPersonAct(disablePerson)},
		{get, peoplePath + "/:id/enable", needs(store.EditUsers), s.personActPage(enablePerson)},
		{post, peoplePath + "/:id/enable", needs(store.EditUsers).proven(), s.doPersonAct(enablePerson)},
		{get, peoplePath + "/:id/link", needs(store.EditUsers), s.personActPage(linkPerson)},
		{post, peoplePath + "/:id/link", needs(store.EditUsers).proven(), s.doPersonAct(linkPerson)},
		{post, peoplePath + "/:id/sessions", needs(store.EditUsers).proven(), s.endSessionsOf},
		{get, peoplePath + "/:id/remove-second-steps", needs(store.EditUsers), s.personActPage(resetPerson)},
		{post, peoplePath + "/:id/remove-second-steps", needs(store.EditUsers).proven(), s.doPersonAct(resetPerson)},

		{get, rolesPath, needs(store.EditRoles), s.rolesPage},
		{get, rolesPath + "/new", needs(store.EditRoles), s.newRolePage},
		{post, rolesPath, needs(store.EditRoles).proven(), s.addRole},
		{get, rolesPath + "/:code", needs(store.EditRoles), s.rolePage},
		{post, rolesPath + "/:code", needs(store.EditRoles).proven(), s.saveRole},
		{get, rolesPath + "/:code/second-step", needs(store.EditRoles), s.requireFactorPage},
		{post, rolesPath + "/:code/second-step", needs(store.EditRoles).proven(), s.requireFactor},
		{get, rolesPath + "/:code/remove", needs(store.EditRoles), s.removeRolePage},
		{post, rolesPath + "/:code/remove", needs(store.EditRoles).proven(), s.removeRole},

		{get, clinicPath, needs(store.SystemSettings), s.clinicPage},
		{post, clinicPath, needs(store.SystemSettings), s.saveClinic},

		{get, retentionPath, needs(store.SystemSettings), s.retentionPage},
		{post, retentionPath, needs(store.SystemSettings), s.previewRetention},
		{post, retentionPath + "/confirm", needs(store.SystemSettings).proven(), s.saveRetention},
		{get, noticesPath, needs(store.SystemSettings), s.noticesPage},
		{post, noticesPath, needs(store.SystemSettings), s.saveNotices},
		{post, noticesPath + "/test", needs(store.SystemSettings), s.testMail},
		{get, systemPath, evenDamaged(needs(store.SystemSettings)), s.systemPage},
		{post, systemPath + "/clock", needs(store.SystemSettings), s.confirmClock},

		{get, auditPath, evenDamaged(needs(store.ViewAuditLog)), s.auditPage},
		{post, auditPath + "/verify", needs(store.ViewAuditLog), s.verifyAudit},
		{post, auditPath + "/export", needs(store.ViewAuditLog).proven(), s.exportAudit},
	}
}

// mount gives every route to echo behind its guard. HEAD goes where GET goes.
func (s *server) mount(e *echo.Echo) {
	for _, r := range s.routes {
		e.Add(r.method, r.path, s.guard(r))
		if r.method == get {
			e.Add(http.MethodHead, r.path, s.guard(r))
		}
	}
	// echo would answer OPTIONS by itself; to Ocean it is a wrong method like any other.
	e.OPTIONS(bundlesPath, s.guard(route{http.MethodOptions, bundlesPath, public, s.explainBundles}))
}

// routeOf is the table's path of a request, "" for what is not in it: never what somebody typed.
func (s *server) routeOf(c echo.Context) string {
	for _, r := range s.routes {
		if r.path == c.Path() {
			return r.path
		}
	}
	return ""
}

// accessTo is what the table says of a route, nobody's where it has none.
func (s *server) accessTo(method, path string) access {
	for _, r := range s.routes {
		if r.method == method && r.path == path {
			return r.access
		}
	}
	return access{}
}
