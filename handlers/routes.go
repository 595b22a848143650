package handlers

import (
	"net/http"

	"breakwater/static"
	"breakwater/store"

	"github.com/labstack/echo/v4"
)

// access is what a route asks of whoever comes. Its zero value lets nobody in.
type access struct {
	open       bool // anybody
	person     bool // anybody who is signed in
	permission store.Permission
}

var (
	public   = access{open: true}
	signedIn = access{person: true}
)

func needs(p store.Permission) access { return access{person: true, permission: p} }

// allows reports whether a person, nil for a stranger, may pass.
func (a access) allows(u *store.User) bool {
	return a.open || a.person && u != nil && (a.permission == "" || u.Can(a.permission))
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
)

// table is every route there is, with what it needs.
func (s *server) table() []route {
	return []route{
		{post, bundlesPath, public, s.receiveBundle}, // by key: checked in the handler, before the body
		{get, bundlesPath, public, s.explainBundles},
		{get, healthPath, public, s.alive},
		{get, "/readyz", public, s.ready},
		{get, static.Prefix + "*", public, s.staticFile},

		{get, "/setup", public, s.setupPage}, // by first-run token
		{post, "/setup", public, s.setup},
		{get, "/welcome", public, s.welcomePage}, // by one-time link
		{post, "/welcome", public, s.welcome},
		{get, "/login", public, s.loginPage},
		{post, "/login", public, s.login},
		{post, "/logout", public, s.logout}, // one whose session is over may press it too

		{get, "/", signedIn, s.home},
		{get, "/account", signedIn, s.accountPage},
		{post, "/account", signedIn, s.saveAccount},
		{post, "/account/password", signedIn, s.changePassword},

		{get, "/referrals", needs(store.ViewReferrals), s.referralsPage},
		{post, "/referrals/search", needs(store.ViewReferrals), s.searchReferrals},
		{get, "/referrals/search", needs(store.ViewReferrals), s.referralsInstead},
		{get, "/referrals/problems", needs(store.ViewReferrals), s.problemsPage},
		{post, "/referrals/problems/retry", needs(store.ManageReferrals), s.retryDocuments},
		{get, "/referrals/:id", needs(store.ViewReferrals), s.referralPage},
		{get, "/referrals/:id/documents/:document", needs(store.ViewReferrals), s.document},
		{post, "/referrals/:id/documents/:document/retry", needs(store.ManageReferrals), s.retryDocument},

		{get, oceanPath, needs(store.ReferralSettings), s.oceanPage},
		{post, oceanPath, needs(store.ReferralSettings), s.saveOcean},
		{post, oceanPath + "/generate", needs(store.ReferralSettings), s.generateKey},
		{post, oceanPath + "/show-key", needs(store.ReferralSettings), s.showKeys},
		{get, oceanPath + "/retire-key", needs(store.ReferralSettings), s.retireKeyPage},
		{post, oceanPath + "/retire-key", needs(store.ReferralSettings), s.retireKey},
		{post, oceanPath + "/test", needs(store.ReferralSettings), s.testOcean},
		{get, oceanPath + "/remove-secret", needs(store.ReferralSettings), s.removeSecretPage},
		{post, oceanPath + "/remove-secret", needs(store.ReferralSettings), s.removeSecret},
		{get, stepsPath, needs(store.ReferralSettings), s.stepsPage},
		{post, stepsPath, needs(store.ReferralSettings), s.tickStep},
		{get, selfTestPath, needs(store.ReferralSettings), s.selfTestPage},
		{post, selfTestPath, needs(store.ReferralSettings), s.runSelfTest},
		{get, missedPath, needs(store.ReferralSettings), s.missedPage},
		{post, missedPath, needs(store.ReferralSettings), s.missedCSV},

		{get, peoplePath, needs(store.EditUsers), s.peoplePage},
		{get, peoplePath + "/new", needs(store.EditUsers), s.newPersonPage},
		{post, peoplePath, needs(store.EditUsers), s.addPerson},
		{get, peoplePath + "/:id", needs(store.EditUsers), s.personPage},
		{post, peoplePath + "/:id", needs(store.EditUsers), s.saveRights},
		{get, peoplePath + "/:id/disable", needs(store.EditUsers), s.personActPage(disablePerson)},
		{post, peoplePath + "/:id/disable", needs(store.EditUsers), s.doPersonAct(disablePerson)},
		{get, peoplePath + "/:id/enable", needs(store.EditUsers), s.personActPage(enablePerson)},
		{post, peoplePath + "/:id/enable", needs(store.EditUsers), s.doPersonAct(enablePerson)},
		{get, peoplePath + "/:id/link", needs(store.EditUsers), s.personActPage(linkPerson)},
		{post, peoplePath + "/:id/link", needs(store.EditUsers), s.doPersonAct(linkPerson)},

		{get, rolesPath, needs(store.EditRoles), s.rolesPage},
		{get, rolesPath + "/new", needs(store.EditRoles), s.newRolePage},
		{post, rolesPath, needs(store.EditRoles), s.addRole},
		{get, rolesPath + "/:code", needs(store.EditRoles), s.rolePage},
		{post, rolesPath + "/:code", needs(store.EditRoles), s.saveRole},
		{get, rolesPath + "/:code/remove", needs(store.EditRoles), s.removeRolePage},
		{post, rolesPath + "/:code/remove", needs(store.EditRoles), s.removeRole},

		{get, auditPath, needs(store.ViewAuditLog), s.auditPage},
		{post, auditPath + "/verify", needs(store.ViewAuditLog), s.verifyAudit},
		{post, auditPath + "/export", needs(store.ViewAuditLog), s.exportAudit},
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

// accessTo is what the table says of a route, nobody's where it has none.
func (s *server) accessTo(method, path string) access {
	for _, r := range s.routes {
		if r.method == method && r.path == path {
			return r.access
		}
	}
	return access{}
}
