// Breakwater is the clinic's side of Ocean eReferrals: it receives referrals, keeps them, and
// shows them to the clinic's staff. This file is the command line: what commands there are and
// what they are wired to. The rooms behind it are handlers (the wire), store (the disk), views
// (the screen) and static (the browser).
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"
	_ "time/tzdata" // the clinic's zone, on machines that have no zone files

	"breakwater/handlers"
	"breakwater/handlers/ocean"
	"breakwater/handlers/ocean/oceantest"
	"breakwater/store"

	"github.com/alecthomas/kong"
	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/coreos/go-systemd/v22/journal"
	"github.com/dustin/go-humanize"
	"github.com/hashicorp/go-envparse"
	"golang.org/x/term"
)

// Set by the Makefile.
var (
	version = "dev"
	commit  = "unknown"
)

// envFile holds configuration for every command on an installed machine.
const envFile = "/etc/breakwater/env"

// The master key may come as a systemd credential (LoadCredential=, LoadCredentialEncrypted=) of this
// name. The variable, where it is set, wins.
const (
	credentialName = "breakwater-master-key"
	masterKeyFile  = "BREAKWATER_MASTER_KEY_FILE"
)

func main() {
	syscall.Umask(0o077) // what is written here is nobody else's business
	boundMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}

// boundMemory has memory cleared up less often than Go would while little is in use, which takes a sixth
// of the work off a flood of messages, and more often once much is, so that a flood of large ones stays
// within bounds. Go's own variables GOGC and GOMEMLIMIT go before.
func boundMemory() {
	const percent, most = 300, 192 << 20
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(most)
	}
}

// cli is the table of commands and flags.
type cli struct {
	config `embed:"" group:"Configuration"`

	Serve     serveCmd     `cmd:"" help:"Run the console and the public route."`
	SetupLink setupLinkCmd `cmd:"" help:"Print a new first-run link, while there is no user."`
	User      struct {
		Add           userAddCmd     `cmd:"" help:"Add a person."`
		List          userListCmd    `cmd:"" help:"List everybody."`
		Disable       userDisableCmd `cmd:"" help:"End a person's sessions and let them sign in no more."`
		Enable        userEnableCmd  `cmd:"" help:"Let a disabled person sign in again."`
		ResetPassword userResetCmd   `cmd:"" help:"Give a person a new password."`
		ResetFactors  userFactorsCmd `cmd:"" help:"Remove the second steps of a person who has lost them, and end their sessions."`
	} `cmd:"" help:"People who may sign in."`
	Ocean struct {
		Set         oceanSetCmd      `cmd:"" help:"Change settings; what is not named stays."`
		GenerateKey oceanGenerateCmd `cmd:"" help:"Print a new inbound key, valid at once; the one before stays valid."`
		RetireKey   oceanRetireCmd   `cmd:"" help:"End the older of two inbound keys."`
		Test        oceanTestCmd     `cmd:"" help:"Test the saved credentials against Ocean."`
		Show        oceanShowCmd     `cmd:"" help:"Show the settings, without secrets."`
	} `cmd:"" help:"Settings for Ocean."`
	Audit struct {
		Verify auditVerifyCmd `cmd:"" help:"Check that nobody touched the audit log."`
		Export auditExportCmd `cmd:"" help:"Write the audit log to standard output."`
	} `cmd:"" help:"The audit log."`
	Backup  backupCmd  `cmd:"" help:"Make a backup while everything goes on, and read it back. The master key is not in it: keep a copy of it elsewhere."`
	Restore restoreCmd `cmd:"" help:"Make a data folder from a backup, after all of it was examined."`
	Key     struct {
		Rotate    keyRotateCmd    `cmd:"" help:"Make a new data key and seal everything anew under it; or go on where that was broken off."`
		NewMaster keyNewMasterCmd `cmd:"" help:"Make a new master key; the former one stays beside it, for older backups."`
	} `cmd:"" help:"The keys that seal what is kept."`
	Rehearse rehearseCmd `cmd:"" help:"Run a simulated Ocean and a console whose data is thrown away."`
	Doctor   doctorCmd   `cmd:"" help:"Check everything, and say what to do where something is wrong."`
	Status   statusCmd   `cmd:"" help:"Show the figures."`
	Version  versionCmd  `cmd:"" help:"Show the version."`
}

// config is what flags, the environment (BREAKWATER_ and the flag's name) and the file
// /etc/breakwater/env say, in this order.
type config struct {
	DataDir            string   `default:"./data" help:"Where everything is kept."`
	Listen             string   `default:"127.0.0.1:8080" help:"Address of the console and the public route."`
	PublicListen       string   `help:"A second address, for the public route alone."`
	BaseURL            string   `name:"base-url" default:"http://localhost:8080" help:"What people and Ocean use."`
	MasterKeyFile      string   `help:"The master key (default: systemd's credential breakwater-master-key, else master.key in the data folder)."`
	BackupDir          string   `help:"Where nightly backups go (default: backups in the data folder; better another disk); off for none."`
	TLSCertFile        string   `name:"tls-cert-file" help:"Certificate, PEM."`
	TLSKeyFile         string   `name:"tls-key-file" help:"The certificate's key, PEM."`
	ACME               bool     `name:"acme" help:"Get a certificate for the base URL's host by ACME, and accept the authority's terms."`
	ACMEEmail          string   `name:"acme-email" help:"Who hears of trouble with it."`
	ACMEDirectory      string   `name:"acme-directory" help:"The authority's directory (default: Let's Encrypt's)."`
	ACMECAFile         string   `name:"acme-ca-file" help:"Who vouches for the directory, PEM (default: the system's)."`
	RedirectListen     string   `help:"An address of plain HTTP, such as :80, that sends people to the base URL."`
	TrustedProxies     []string `help:"CIDRs whose X-Forwarded-For is believed."`
	InsecureHTTP       bool     `name:"insecure-http" help:"Serve plain HTTP beyond this machine."`
	OceanAllowLoopback bool     `help:"Let the Ocean host be plain HTTP on 127.0.0.1."`
	Timezone           string   `default:"America/Toronto" help:"The clinic's."`
	MetricsListen      string   `help:"An address for Prometheus, on this machine unless it names another; off by default."`
	MinFree            string   `default:"256MiB" help:"Disk to keep free; below it nothing is received."`
	AuditHeadFile      string   `help:"A file, best on another disk, to which the audit log's newest entry is noted every hour."`
	AuditHeadSyslog    string   `help:"Another host's syslog for the same: udp://, tcp:// or tls://, and host:port."`
	AuditHeadCAFile    string   `name:"audit-head-ca-file" help:"Who vouches for that host, PEM (default: the system's)."`
	LogFormat          string   `default:"text" enum:"text,json" help:"text or json."`
	LogLevel           string   `default:"info" enum:"debug,info,warn,error" help:"debug, info, warn or error."`
}

// app is what commands run with.
type app struct {
	ctx     context.Context
	config  *config
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
	metrics *handlers.Metrics // of serve, where somebody wants them
}

// errUsage marks an error of usage: exit 2.
var errUsage = errors.New("wrong usage")

// run is the whole program but for the process around it. It returns the exit code: 0 done, 1
// failed, 2 wrong usage.
func run(ctx context.Context, args, env []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	type exited int // kong ends the program after --help
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(exited)
			if !ok {
				panic(p)
			}
			code = int(e)
		}
	}()
	var c cli
	values, err := environment(env)
	if err != nil {
		fmt.Fprintln(stderr, "breakwater:", err)
		return 1
	}
	parser, err := kong.New(&c, kong.Name("breakwater"), kong.Description("The clinic's side of Ocean eReferrals. Each flag under Configuration can also be set as an environment variable: --data-dir is BREAKWATER_DATA_DIR."),
		kong.Writers(stdout, stderr), kong.Resolvers(values), kong.Exit(func(code int) { panic(exited(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(stderr, "breakwater:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if err == nil {
		err = command.Run(&app{ctx: ctx, config: &c.config, stdin: stdin, stdout: stdout, stderr: stderr})
	} else {
		err = fmt.Errorf("%w; see breakwater --help", errors.Join(errUsage, err))
	}
	if err != nil {
		fmt.Fprintln(stderr, "breakwater:", strings.ReplaceAll(err.Error(), "\n", ": "))
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	return 1
}

// environment finds the value of a configuration flag that was not given. It fails where the file
// is there but holds a mistake: to go on without it could mean another data folder.
func environment(env []string) (kong.Resolver, error) {
	values := map[string]string{}
	if text, err := os.ReadFile(envFile); err == nil {
		parsed, err := envparse.Parse(bytes.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w; write NAME=value on each line", envFile, err)
		}
		maps.Copy(values, parsed)
	}
	for _, line := range env {
		if name, value, ok := strings.Cut(line, "="); ok && value != "" {
			values[name] = value
		}
	}
	if credential := filepath.Join(values["CREDENTIALS_DIRECTORY"], credentialName); values["CREDENTIALS_DIRECTORY"] != "" && values[masterKeyFile] == "" {
		if _, err := os.Stat(credential); err == nil {
			values[masterKeyFile] = credential
		}
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		value := values["BREAKWATER_"+strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))]
		if flag.Group == nil || flag.Group.Key != "Configuration" || value == "" {
			return nil, nil
		}
		return value, nil
	}), nil
}

// open opens the store. Only serve migrates an older database, and opens a damaged one to say so.
func (a *app) open(migrate bool) (*store.Store, error) {
	free, err := a.config.minFree()
	if err != nil {
		return nil, err
	}
	return store.Open(a.ctx, store.Options{Dir: filepath.Clean(a.config.DataDir), MasterKey: a.config.MasterKeyFile, Migrate: migrate, Damaged: migrate, MinFree: free,
		Words: a.config.clinicNames(), Version: version, BackupDir: a.config.BackupDir, Wrote: a.wrote()})
}

// wrote is who hears of writes, if anybody wants figures.
func (a *app) wrote() func(time.Duration) {
	if a.metrics == nil {
		return nil
	}
	return a.metrics.Wrote
}

// with opens the store for one command.
func (a *app) with(do func(*store.Store, store.Actor) error) error {
	s, err := a.open(false)
	if err != nil {
		return err
	}
	return errors.Join(do(s, cliActor()), s.Close())
}

// cliActor is whoever runs the command.
func cliActor() store.Actor {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return store.CLIActor(name)
}

// secret reads a password or secret: all of standard input, less one final newline, or from the
// terminal without showing it.
func (a *app) secret(fromStdin bool, flag, prompt string) (string, error) {
	if f, ok := a.stdin.(*os.File); ok && !fromStdin && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(a.stderr, prompt+": ")
		line, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.stderr)
		return string(line), err
	}
	if !fromStdin {
		return "", fmt.Errorf("%w: give %s, and the value on standard input", errUsage, flag)
	}
	const most = 64 << 10
	text, err := io.ReadAll(io.LimitReader(bufio.NewReader(a.stdin), most))
	if err != nil {
		return "", fmt.Errorf("read standard input: %w", err)
	}
	value := strings.TrimSuffix(string(text), "\n")
	return strings.TrimSuffix(value, "\r"), nil
}

func (a *app) json(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

type serveCmd struct{}

func (serveCmd) Run(a *app) error {
	base, err := a.config.baseURL()
	if err != nil {
		return err
	}
	if err := a.config.listening(); err != nil {
		return err
	}
	if a.config.MetricsListen != "" {
		a.metrics = handlers.NewMetrics()
	}
	s, err := a.open(true)
	if err != nil {
		return err
	}
	c := a.config
	return errors.Join(a.serve(s, handlers.Config{BaseURL: base, Place: c.place(base)}, func(console http.Handler, log *slog.Logger, proxied bool) ([]handlers.Listener, error) {
		at := c.addresses(base)
		at.Proxied = proxied
		return handlers.Listen(console, at, log)
	}), s.Err(), s.Close())
}

// listen opens the addresses for a console.
type listen func(console http.Handler, log *slog.Logger, proxied bool) ([]handlers.Listener, error)

// serve runs the console on an open store, with all that works behind it, until the context ends.
func (a *app) serve(s *store.Store, cfg handlers.Config, open listen) error {
	var err error
	if cfg.Zone, err = a.config.zone(); err != nil {
		return err
	}
	if cfg.TrustedProxies, err = a.config.proxies(); err != nil {
		return err
	}
	log := a.logger()
	cfg.Store, cfg.AllowLoopback, cfg.Now, cfg.Log, cfg.Version = s, a.config.OceanAllowLoopback, time.Now, log, version
	cfg.Expiry, cfg.Metrics = cfg.Place.CertificateEnd, a.metrics
	console, err := handlers.New(cfg)
	if err != nil {
		return err
	}
	heads, err := handlers.NewHeadKeeper(a.ctx, s, handlers.HeadOutlets{File: a.config.AuditHeadFile, Syslog: a.config.AuditHeadSyslog,
		CAFile: a.config.AuditHeadCAFile}, time.Now, a.loggerAt(min(slog.LevelInfo, a.level())))
	if err != nil {
		return err
	}
	listeners, err := open(console, log, len(cfg.TrustedProxies) > 0)
	if err != nil {
		return err
	}
	if a.metrics != nil {
		l, err := handlers.ListenMetrics(a.config.MetricsListen)
		if err != nil {
			return fmt.Errorf("listen for metrics: %w", err)
		}
		listeners = append(listeners, handlers.Listener{Address: l.Addr().String(), Net: l, Handler: a.metrics.Handler(cfg)})
	}
	if s.Damage() == nil {
		err := errors.Join(s.MendDamage(a.ctx), s.PurgeSelfTests(a.ctx), s.Resume(a.ctx), a.welcome(s, cfg.BaseURL))
		if err = s.Suspect(err); err != nil && s.Damage() == nil {
			return err // of a damage that shows only now, the console tells
		}
	}
	if exposed, err := s.MasterKeyExposed(); err == nil && exposed {
		log.Warn("other users of this machine may read the master key: take the right from them with chmod o= and its file's name")
	}
	log.Info("breakwater serves", "version", version, "address", listeners[0].Net.Addr().String(), "base_url", cfg.BaseURL.String())
	ctx, stop := context.WithCancelCause(a.ctx)
	var behind sync.WaitGroup
	defer heads.Leave(ctx) // when nothing writes any more
	defer behind.Wait()
	defer stop(nil)
	behind.Go(func() {
		beat := time.NewTicker(handlers.HeadTick)
		defer beat.Stop()
		heads.Run(ctx, beat.C)
	})
	started := time.Now()
	watch := handlers.Watch{Store: s, Now: time.Now, Elapsed: func() time.Duration { return time.Since(started) }, Synced: store.ClockSynced, Zone: cfg.Zone,
		BaseURL: cfg.BaseURL, Mail: cfg.Mail, Expiry: cfg.Expiry, Log: log, Alive: func() { tellSystemd(log, daemon.SdNotifyWatchdog) }}
	behind.Go(func() { watch.Run(ctx, stop) })
	working, rest := context.WithCancel(ctx)
	behind.Go(func() { // nothing works on a database that cannot keep what was done
		defer rest()
		select {
		case <-s.Damaged():
		case <-ctx.Done():
		}
	})
	behind.Go(func() { // what an upgrade has left to do
		if err := errors.Join(s.QueueKnown(working), s.Reindex(working)); err != nil && working.Err() == nil {
			log.Warn("bringing earlier referrals up to date failed; it goes on at the next start", "error", err.Error())
		}
	})
	behind.Go(func() { (&handlers.Upkeep{Store: s, Zone: cfg.Zone, Log: log}).Run(working) })
	behind.Go(func() { ocean.NewCourier(s, cfg.AllowLoopback, time.Now, log).Run(working) })
	tellSystemd(log, daemon.SdNotifyReady) // who comes from now on waits in the listener's queue at worst
	defer tellSystemd(log, daemon.SdNotifyStopping)
	err = handlers.Serve(ctx, log, listeners...)
	if why := context.Cause(ctx); why != nil && !errors.Is(why, context.Canceled) {
		err = errors.Join(err, why)
	}
	return err
}

// tellSystemd tells the service manager, where there is one, what the program does.
func tellSystemd(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("telling systemd failed", "state", state, "error", err.Error())
	}
}

// welcome prints the first-run link while there is nobody to sign in.
func (a *app) welcome(s *store.Store, base *url.URL) error {
	has, err := s.HasUsers(a.ctx)
	if err != nil || has {
		return err
	}
	if kept, err := journal.StdoutIsJournalStream(); err == nil && kept { // where others read it, for years
		_, err := fmt.Fprintln(a.stdout, "Nobody can sign in yet. For the link that makes the first administrator: sudo breakwater setup-link")
		return err
	}
	return printSetupLink(a, s, store.SystemActor(), base)
}

func printSetupLink(a *app, s *store.Store, actor store.Actor, base *url.URL) error {
	token, err := s.NewSetupToken(a.ctx, actor)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Make the first administrator with this link, which works once and for %d hours:\n%s/setup?token=%s\n",
		int(store.SetupLinkLife.Hours()), base, token)
	return err
}

func (a *app) logger() *slog.Logger { return a.loggerAt(a.level()) }

func (a *app) level() (level slog.Level) {
	level.UnmarshalText([]byte(a.config.LogLevel)) // the flag's enum is checked already
	return level
}

func (a *app) loggerAt(level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if a.config.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, options))
	}
	return slog.New(slog.NewTextHandler(a.stderr, options))
}

func (c *config) baseURL() (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(c.BaseURL, "/"))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("BREAKWATER_BASE_URL is http:// or https:// and a name, without a path, not %q", c.BaseURL)
	}
	return u, nil
}

// listening says what is wrong with an address to listen on, before the network says it in its own words.
func (c *config) listening() error {
	for _, l := range []struct{ name, address string }{{"LISTEN", c.Listen}, {"PUBLIC_LISTEN", c.PublicListen}, {"REDIRECT_LISTEN", c.RedirectListen}} {
		if l.address == "" {
			continue
		}
		_, port, err := net.SplitHostPort(l.address)
		if err == nil {
			_, err = net.LookupPort("tcp", port)
		}
		if err != nil {
			return fmt.Errorf("BREAKWATER_%s is an address of this machine and a port, such as 192.168.1.20:8080, not %q", l.name, l.address)
		}
	}
	return nil
}

// addresses are where to listen, and what protects the way there.
func (c *config) addresses(base *url.URL) handlers.Addresses {
	at := handlers.Addresses{Console: c.Listen, Public: c.PublicListen, Redirect: c.RedirectListen, BaseURL: base,
		CertFile: c.TLSCertFile, KeyFile: c.TLSKeyFile, Insecure: c.InsecureHTTP}
	at.ACME = c.acme()
	return at
}

// acme is how to get a certificate by itself, nil where that is not wanted.
func (c *config) acme() *handlers.ACME {
	if !c.ACME {
		return nil
	}
	return &handlers.ACME{Folder: filepath.Join(c.DataDir, "acme"), Email: c.ACMEEmail, Directory: c.ACMEDirectory, CAFile: c.ACMECAFile}
}

// clinicNames are what everybody knows the clinic by: the name in the address of its console.
func (c *config) clinicNames() []string {
	if u, err := c.baseURL(); err == nil {
		return []string{u.Hostname()}
	}
	return nil // the command that needs the address says what is wrong with it
}

func (c *config) minFree() (uint64, error) {
	free, err := humanize.ParseBytes(c.MinFree)
	if err != nil {
		return 0, fmt.Errorf("BREAKWATER_MIN_FREE is a size such as 256MiB, not %q", c.MinFree)
	}
	return free, nil
}

func (c *config) zone() (*time.Location, error) {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		return nil, fmt.Errorf("BREAKWATER_TIMEZONE: there is no zone %q", c.Timezone)
	}
	return zone, nil
}

// place is where Breakwater is installed and how it is reached.
func (c *config) place(base *url.URL) handlers.Place {
	return handlers.Place{Dir: filepath.Clean(c.DataDir), MasterKey: c.MasterKeyFile, BackupDir: c.BackupDir, Listen: c.Listen, CertFile: c.TLSCertFile, KeyFile: c.TLSKeyFile, ACME: c.acme(),
		Proxied: len(c.TrustedProxies) > 0, Base: base}
}

func (c *config) proxies() (list []*net.IPNet, err error) {
	for _, text := range c.TrustedProxies {
		_, network, err := net.ParseCIDR(strings.TrimSpace(text))
		if err != nil {
			return nil, fmt.Errorf("BREAKWATER_TRUSTED_PROXIES: %q is not a CIDR such as 10.0.0.1/32", text)
		}
		list = append(list, network)
	}
	return list, nil
}

type setupLinkCmd struct{}

func (setupLinkCmd) Run(a *app) error {
	base, err := a.config.baseURL()
	if err != nil {
		return err
	}
	return a.with(func(s *store.Store, actor store.Actor) error { return printSetupLink(a, s, actor, base) })
}

type userAddCmd struct {
	Email         string   `arg:"" help:"E-mail address to sign in with."`
	Name          string   `help:"As colleagues know the person."`
	Role          []string `sep:"none" help:"A role: administrator, front_desk, privacy_officer. May be repeated."`
	Permission    []string `sep:"none" help:"A permission beside those of the roles. May be repeated."`
	PasswordStdin bool     `help:"Read the password from standard input."`
}

func (c userAddCmd) Run(a *app) error {
	password, err := a.secret(c.PasswordStdin, "--password-stdin", "Password for "+c.Email)
	if err != nil {
		return err
	}
	n := store.NewUser{Email: c.Email, Name: c.Name, Password: password, Roles: c.Role}
	for _, p := range c.Permission {
		n.Permissions = append(n.Permissions, store.Permission(p))
	}
	return a.with(func(s *store.Store, actor store.Actor) error {
		_, err := s.AddUser(a.ctx, actor, n)
		return err
	})
}

type userListCmd struct {
	JSON bool `name:"json" help:"As JSON."`
}

func (c userListCmd) Run(a *app) error {
	return a.with(func(s *store.Store, _ store.Actor) error {
		users, err := s.Users(a.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return a.json(slices.Concat([]store.User{}, users))
		}
		w := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
		for _, u := range users {
			state := "active"
			if u.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%v\n", u.Email, u.Name, state, strings.Join(u.Roles, ","), u.Permissions)
		}
		return w.Flush()
	})
}

type userDisableCmd struct {
	Email string `arg:""`
}

func (c userDisableCmd) Run(a *app) error {
	return a.with(func(s *store.Store, actor store.Actor) error {
		return s.SetUserDisabled(a.ctx, actor, c.Email, true)
	})
}

type userEnableCmd struct {
	Email string `arg:""`
}

func (c userEnableCmd) Run(a *app) error {
	return a.with(func(s *store.Store, actor store.Actor) error {
		return s.SetUserDisabled(a.ctx, actor, c.Email, false)
	})
}

type userResetCmd struct {
	Email         string `arg:""`
	PasswordStdin bool   `help:"Read the password from standard input."`
}

func (c userResetCmd) Run(a *app) error {
	password, err := a.secret(c.PasswordStdin, "--password-stdin", "New password for "+c.Email)
	if err != nil {
		return err
	}
	return a.with(func(s *store.Store, actor store.Actor) error {
		return s.ResetPassword(a.ctx, actor, c.Email, password)
	})
}

type userFactorsCmd struct {
	Email string `arg:""`
}

func (c userFactorsCmd) Run(a *app) error {
	return a.with(func(s *store.Store, actor store.Actor) error { return s.ResetFactors(a.ctx, actor, c.Email) })
}

type oceanSetCmd struct {
	SiteNumber        *string `help:"4 to 7 digits."`
	Host              *string `help:"Ocean's address, such as https://test.cognisantmd.com."`
	ClientID          *string `name:"client-id" help:"OAuth client id."`
	ClientSecretStdin bool    `help:"Read the OAuth client secret from standard input."`
}

func (c oceanSetCmd) Run(a *app) error {
	change := store.OceanChange{SiteNumber: c.SiteNumber, Host: c.Host, ClientID: c.ClientID, AllowLoopback: a.config.OceanAllowLoopback}
	if c.ClientSecretStdin {
		secret, err := a.secret(true, "--client-secret-stdin", "")
		if err != nil {
			return err
		}
		if secret == "" {
			return errors.New("the client secret on standard input is empty")
		}
		change.ClientSecret = &secret
	}
	if c.SiteNumber == nil && c.Host == nil && c.ClientID == nil && change.ClientSecret == nil {
		return fmt.Errorf("%w: name something to set", errUsage)
	}
	return a.with(func(s *store.Store, actor store.Actor) error { return s.SaveOceanSettings(a.ctx, actor, change) })
}

type oceanGenerateCmd struct{}

func (oceanGenerateCmd) Run(a *app) error {
	return a.with(func(s *store.Store, actor store.Actor) error {
		key, err := s.GenerateKey(a.ctx, actor)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.stdout, key)
		return err
	})
}

type oceanRetireCmd struct{}

func (oceanRetireCmd) Run(a *app) error {
	return a.with(func(s *store.Store, actor store.Actor) error { return s.RetireKey(a.ctx, actor) })
}

type oceanShowCmd struct {
	JSON bool `name:"json" help:"As JSON."`
}

func (c oceanShowCmd) Run(a *app) error {
	return a.with(func(s *store.Store, _ store.Actor) error {
		o, err := s.OceanSettings(a.ctx)
		if err != nil {
			return err
		}
		active, err := s.KeyActive(a.ctx)
		if err != nil {
			return err
		}
		return a.figures(c.JSON, struct {
			SiteNumber       string `json:"site_number"`
			Host             string `json:"host"`
			ClientID         string `json:"client_id"`
			HasClientSecret  bool   `json:"has_client_secret"`
			InboundKeyActive bool   `json:"inbound_key_active"`
		}{o.SiteNumber, o.Host, o.ClientID, o.HasClientSecret, active})
	})
}

type oceanTestCmd struct{}

func (oceanTestCmd) Run(a *app) error {
	return a.with(func(s *store.Store, actor store.Actor) error {
		access, err := s.OceanAccess(a.ctx)
		if err != nil {
			return err
		}
		fault, err := handlers.TestAccess(a.ctx, access, a.config.OceanAllowLoopback)
		if err != nil {
			return err
		}
		if err := s.NoteTest(a.ctx, actor, access, fault, false); err != nil {
			return err
		}
		if fault != "" {
			return errors.New(handlers.Explain(fault))
		}
		_, err = fmt.Fprintf(a.stdout, "%s accepts the Client ID and Secret.\n", access.Host)
		return err
	})
}

type backupCmd struct {
	File      string `arg:"" help:"Where to; it must not be there."`
	Recipient string `placeholder:"AGE" help:"An age recipient (age1...) instead of whoever has the master key. To restore, its identity and the master key are needed."`
}

func (c backupCmd) Run(a *app) error {
	if c.File == "-" {
		return fmt.Errorf("%w: a backup is read back once it is written, so it goes to a file and not to standard output", errUsage)
	}
	return a.with(func(s *store.Store, actor store.Actor) error {
		made, err := s.Backup(a.ctx, actor, store.BackupTo{File: c.File, Recipient: c.Recipient})
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s holds the state of %s: %s, %d sealed values, %d audit entries, head %s\n", c.File, made.At.UTC().Format(time.RFC3339),
			humanize.IBytes(uint64(made.Bytes)), made.Holds.Values, made.Holds.Entries, made.Holds.Head)
		if err := made.Holds.Err(); err != nil {
			return fmt.Errorf("the backup is made, but %w", err)
		}
		_, err = fmt.Fprintln(a.stdout, "To restore it the master key is needed, which is not in it: keep a copy of that elsewhere.")
		return err
	})
}

type restoreCmd struct {
	File         string `arg:"" help:"The backup."`
	Identity     string `placeholder:"FILE" help:"A file of age identities, for a backup that was made for a recipient."`
	Check        bool   `help:"Only try it, and keep nothing."`
	AcceptDamage bool   `help:"Restore it although not everything in it is whole."`
	Database     bool   `help:"FILE is no backup but a copy of the database itself, as Litestream or an upgrade leaves it."`
	Replace      bool   `help:"Put aside the database that is in the data folder, such as the empty one of a new installation or a damaged one. Stop Breakwater first."`
}

func (c restoreCmd) Run(a *app) error {
	from := store.RestoreFrom{File: c.File, Identity: c.Identity, Dir: filepath.Clean(a.config.DataDir), MasterKey: a.config.MasterKeyFile, Damaged: c.AcceptDamage,
		Replace: c.Replace, Copy: c.Database}
	restore := func() (store.Report, error) { return store.Restore(a.ctx, cliActor(), from) }
	said := "Restored"
	if c.Check {
		restore, said = func() (store.Report, error) { return store.TryRestore(a.ctx, from) }, "This backup can be restored"
	}
	r, err := restore()
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: schema %d, %d sealed values, %d audit entries until %s, head %s\n", said, r.Schema, r.Values, r.Entries, r.At.Format(time.RFC3339), r.Head)
	if r.Aside != "" {
		fmt.Fprintf(a.stdout, "What was there before is kept in %s; once all is well, it can be deleted.\n", r.Aside)
	}
	if !c.Check {
		fmt.Fprintln(a.stdout, "Start Breakwater now. Everybody is signed out, and one-time links no longer work; people, passwords, permissions and inbound keys are as they were then.\nSettings > Referral > Ocean says how to get back what came since.")
	}
	return nil
}

type keyRotateCmd struct{}

func (keyRotateCmd) Run(a *app) error {
	return a.with(func(s *store.Store, actor store.Actor) error {
		var said time.Time
		r, err := s.RotateKey(a.ctx, actor, func(r store.Rotation) {
			if time.Since(said) > time.Second {
				said = time.Now()
				fmt.Fprintf(a.stderr, "%d of %d values\n", r.Done, r.Total)
			}
		})
		if err != nil {
			return fmt.Errorf("%w; what is sealed anew stays so, and serve or the next `breakwater key rotate` goes on", err)
		}
		if r.Left > 0 {
			return fmt.Errorf("key %d seals everything but %d damaged values, which do not open; their older key is kept for them", r.Key, r.Left)
		}
		_, err = fmt.Fprintf(a.stdout, "Key %d seals everything now: %d values were sealed anew, and the older key is removed.\n", r.Key, r.Sealed)
		return err
	})
}

type keyNewMasterCmd struct {
	To string `placeholder:"FILE" help:"Write the new key to this file instead, where the present one came as a credential."`
}

func (c keyNewMasterCmd) Run(a *app) error {
	return a.with(func(s *store.Store, actor store.Actor) error {
		former, err := s.NewMaster(a.ctx, actor, c.To)
		switch {
		case err != nil:
			return err
		case c.To != "":
			_, err = fmt.Fprintf(a.stdout, "The new master key is in %s. Nothing opens with the former one any more but older backups: give Breakwater the new one before its next start, and keep both.\n", c.To)
		default:
			_, err = fmt.Fprintf(a.stdout, "There is a new master key: keep a copy of it elsewhere.\nThe former one is in %s. Only backups that were made until now need it: move it to where you keep them apart from the data, or remove it when they are gone.\n", former)
		}
		return err
	})
}

type rehearseCmd struct {
	Ocean string  `default:"127.0.0.1:8081" help:"Address of the simulated Ocean, on 127.0.0.1."`
	Speed float64 `default:"600" help:"How much faster the simulated Ocean's clock goes: at 600, an hour between its tries takes 6 seconds."`
	Ready bool    `help:"Begin with the set-up done on both sides, and with somebody who may sign in."`
}

// Run keeps everything in a folder that is removed at the end, and on this machine.
func (c rehearseCmd) Run(a *app) (err error) {
	dir, err := os.MkdirTemp("", "breakwater-rehearsal-")
	if err != nil {
		return fmt.Errorf("make a throw-away data folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	console, err := onLoopback(a.config.Listen)
	if err != nil {
		return err
	}
	portal, err := onLoopback(c.Ocean)
	if err != nil {
		return errors.Join(err, console.Close())
	}
	if host, _, _ := net.SplitHostPort(portal.Addr().String()); host != "127.0.0.1" { // no other is called without TLS
		return errors.Join(fmt.Errorf("the console calls the simulated Ocean at 127.0.0.1 alone: %q is not an address such as 127.0.0.1:8081", c.Ocean),
			console.Close(), portal.Close())
	}
	base := &url.URL{Scheme: "http", Host: console.Addr().String()}
	self := "http://" + portal.Addr().String()
	a.config.DataDir, a.config.MasterKeyFile, a.config.OceanAllowLoopback, a.config.MinFree = dir, "", true, "16MiB"
	a.config.BackupDir = store.NoBackups
	a.config.AuditHeadFile, a.config.AuditHeadSyslog = "", "" // for what is real
	s, err := a.open(true)
	if err != nil {
		return errors.Join(err, console.Close(), portal.Close())
	}
	simulation := oceantest.New(oceantest.Options{Self: self, Console: base.String(), Unset: !c.Ready, SiteNumber: rehearsalSite,
		ClientID: "rehearsal-client", ClientSecret: "rehearsal-secret", Clinic: base.String() + "/public/ocean/fhir_bundles"})
	if err := c.prepare(a, s, simulation, base, self); err != nil {
		return errors.Join(err, console.Close(), portal.Close(), s.Close())
	}
	ctx, stop := context.WithCancel(a.ctx)
	var behind sync.WaitGroup
	behind.Go(func() { simulation.Run(ctx, c.Speed) })
	err = a.serve(s, handlers.Config{BaseURL: base, Rehearsal: true, Place: handlers.Place{Dir: dir, Listen: console.Addr().String(), Base: base}}, func(h http.Handler, _ *slog.Logger, _ bool) ([]handlers.Listener, error) {
		return []handlers.Listener{{Address: console.Addr().String(), Net: console, Handler: h}, {Address: portal.Addr().String(), Net: portal, Handler: simulation}}, nil
	})
	stop()
	behind.Wait()
	return errors.Join(err, s.Err(), s.Close())
}

// rehearsalSite is the Site Number of the clinic in rehearsals.
const rehearsalSite = "1234"

// prepare points the console at the simulation, and where that is wanted does the set-up.
func (c rehearseCmd) prepare(a *app, s *store.Store, simulation *oceantest.Ocean, base *url.URL, self string) error {
	change := store.OceanChange{Host: &self, AllowLoopback: true}
	if c.Ready {
		site, id, secret := rehearsalSite, "rehearsal-client", "rehearsal-secret"
		change.SiteNumber, change.ClientID, change.ClientSecret = &site, &id, &secret
	}
	if err := s.SaveOceanSettings(a.ctx, store.SystemActor(), change); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "A rehearsal: nothing here is real, and everything is thrown away when you press Ctrl+C.\nThe simulated Ocean: %s\nThe console:         %s\n", self, base)
	if !c.Ready {
		return nil
	}
	key, err := s.GenerateKey(a.ctx, store.SystemActor())
	if err != nil {
		return err
	}
	simulation.SetIntegration(base.String()+"/public/ocean/fhir_bundles", key)
	password := rand.Text()
	if _, err := s.AddUser(a.ctx, store.SystemActor(), store.NewUser{Email: "rehearsal@example.org", Name: "Rehearsal", Password: password, Roles: []string{"administrator"}}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Sign in as rehearsal@example.org with the password %s\n", password)
	return err
}

// onLoopback listens on an address of this machine alone.
func onLoopback(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("a rehearsal stays on this machine: %q is not an address such as 127.0.0.1:8080; name others with --listen for the console and --ocean for the simulated Ocean", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w; name another address, with --listen for the console or --ocean for the simulated Ocean", err)
	}
	return l, nil
}

type auditVerifyCmd struct {
	Head     string `help:"A head kept elsewhere, SEQ:MAC or the MAC alone in hex, that the log must contain."`
	HeadFile string `help:"A file or journal with heads, all of which the log must contain; - is standard input."`
}

func (c auditVerifyCmd) Run(a *app) error {
	heads, err := c.heads(a)
	if err != nil {
		return err
	}
	return a.with(func(s *store.Store, _ store.Actor) error {
		state, err := s.VerifyHeads(a.ctx, heads...)
		if err != nil {
			return err
		}
		found := ""
		if len(heads) > 0 {
			found = fmt.Sprintf(", with %d kept elsewhere found in it", len(heads))
		}
		_, err = fmt.Fprintf(a.stdout, "The audit log is whole: %d entries, head %s%s\n", state.Entries, state.Head, found)
		return err
	})
}

func (c auditVerifyCmd) heads(a *app) (heads []store.AuditHead, err error) {
	if c.HeadFile != "" {
		from := a.stdin
		if c.HeadFile != "-" {
			file, err := os.Open(c.HeadFile)
			if err != nil {
				return nil, err
			}
			defer file.Close()
			from = file
		}
		if heads, err = store.ReadHeads(from); err != nil {
			return nil, fmt.Errorf("%s: %w", c.HeadFile, err)
		}
	}
	if strings.TrimSpace(c.Head) != "" {
		h, err := store.ParseHead(c.Head)
		if err != nil {
			return nil, err
		}
		heads = append(heads, h)
	}
	return heads, nil
}

type auditExportCmd struct {
	Format       string `required:"" enum:"csv,ndjson,fhir,fhir-ndjson" help:"csv, ndjson, fhir (a Bundle of R4 AuditEvents) or fhir-ndjson."`
	From         string `help:"First day, YYYY-MM-DD in the clinic's zone."`
	Until        string `help:"Last day, likewise."`
	Referral     string `help:"Only about one referral: its id or reference."`
	PatientStdin bool   `help:"Only about one patient's referrals: read the health card number from standard input."`
}

func (c auditExportCmd) Run(a *app) error {
	base, err := a.config.baseURL()
	if err != nil {
		return err
	}
	var filter store.AuditFilter
	if filter.From, err = a.day(c.From, "--from", 0); err != nil {
		return err
	}
	if filter.Until, err = a.day(c.Until, "--until", 1); err != nil {
		return err
	}
	about := c.Referral
	if c.PatientStdin && about != "" {
		return fmt.Errorf("%w: give --referral or --patient-stdin", errUsage)
	}
	if c.PatientStdin {
		if about, err = a.secret(true, "--patient-stdin", ""); err != nil {
			return err
		}
	}
	return a.with(func(s *store.Store, actor store.Actor) error {
		if about != "" || c.PatientStdin {
			if filter.Referrals, err = s.AuditScope(a.ctx, actor, about); err != nil {
				return err
			}
			if len(filter.Referrals) == 0 {
				return errors.New("no referral of a patient with this health card number is here")
			}
		}
		settings, err := s.OceanSettings(a.ctx)
		if err != nil {
			return err
		}
		if err := s.RecordExport(a.ctx, actor, c.Format, filter); err != nil {
			return err
		}
		return handlers.ExportAudit(a.ctx, s, handlers.AuditExport{Format: c.Format, Filter: filter, BaseURL: base.String(), Site: settings.SiteNumber}, a.stdout)
	})
}

// day is the beginning of a day in the clinic's zone, some days later; zero for none.
func (a *app) day(text, flag string, plus int) (time.Time, error) {
	zone, err := time.LoadLocation(a.config.Timezone)
	if err != nil {
		return time.Time{}, fmt.Errorf("BREAKWATER_TIMEZONE: there is no zone %q", a.config.Timezone)
	}
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %s is a date as YYYY-MM-DD, not %q", errUsage, flag, text)
	}
	return at.AddDate(0, 0, plus), nil
}

type doctorCmd struct {
	JSON bool `name:"json" help:"As JSON."`
}

// Run changes nothing. It exits 1 for faults alone: what only wants to be done is none.
func (c doctorCmd) Run(a *app) error {
	d := handlers.Doctor{AllowLoopback: a.config.OceanAllowLoopback, Now: time.Now}
	mistake := func(err error) {
		if err != nil {
			d.Mistakes = append(d.Mistakes, err)
		}
	}
	base, err := a.config.baseURL()
	mistake(err)
	mistake(a.config.listening())
	d.Place = a.config.place(base)
	d.MinFree, err = a.config.minFree()
	mistake(err)
	_, err = a.config.proxies()
	mistake(err)
	zone, err := a.config.zone()
	mistake(err)
	faults, err := handlers.WriteFindings(a.stdout, d.Examine(a.ctx), zone, c.JSON)
	if err == nil && faults > 0 {
		err = fmt.Errorf("something is wrong (%d): what to do stands above", faults)
	}
	return err
}

type statusCmd struct {
	JSON bool `name:"json" help:"As JSON."`
}

func (c statusCmd) Run(a *app) error {
	return a.with(func(s *store.Store, _ store.Actor) error {
		st, err := s.Status(a.ctx)
		if err != nil {
			return err
		}
		if err := a.figures(c.JSON, struct {
			Version string `json:"version"`
			store.Status
		}{version, st}); err != nil || c.JSON { // scripts rely on the figures alone
			return err
		}
		known, err := s.Connection(a.ctx)
		if err != nil {
			return err
		}
		rotation, err := s.Rotation(a.ctx)
		if err != nil {
			return err
		}
		backups, err := s.LastBackup(a.ctx)
		if err != nil {
			return err
		}
		return errors.Join(a.figures(false, health(known, time.Now())), a.figures(false, keeping(rotation, backups, time.Now())))
	})
}

// connection is how the connection with Ocean does, for people who look at a terminal. Times are
// RFC 3339; what never happened is "never" or left out.
type connection struct {
	LastMessage   string `json:"last_message"`
	LastToken     string `json:"last_token"`
	LastRefusal   string `json:"last_refusal"`
	Refused       string `json:"credentials_refused_since,omitempty"`
	OldestWaiting string `json:"oldest_document_waits_since,omitempty"`
	Failed        int64  `json:"documents_failed"`
	Gap           string `json:"nothing_delivered,omitempty"`
	Repeats       string `json:"ocean_repeats_until,omitempty"`
	Lost          string `json:"repeated_no_more,omitempty"`
}

func health(c store.Connection, now time.Time) connection {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	h := connection{LastMessage: cmp.Or(at(c.Message.Last), "never"), LastToken: cmp.Or(at(c.Token.Last), "never"), LastRefusal: "never",
		Refused: at(c.CredentialsRefused), OldestWaiting: at(c.OldestPending), Failed: c.Failed}
	if len(c.Refusals) > 0 {
		last := c.Refusals[0]
		h.LastRefusal = fmt.Sprintf("%s (%s, %d in that hour)", at(last.Last), last.Reason, last.Calls)
	}
	if g := c.Gap; g != nil {
		h.Gap = fmt.Sprintf("since %s (%s)", at(g.Since), g.Reason)
		if !g.Until.IsZero() {
			h.Gap = fmt.Sprintf("from %s to %s (%s)", at(g.Since), at(g.Until), g.Reason)
		}
		if g.RetriedUntil().After(now) {
			h.Repeats = at(g.RetriedUntil())
		}
		if lost := g.LostUntil(now); !lost.IsZero() {
			h.Lost = fmt.Sprintf("what Ocean first sent from %s to %s", at(g.Since), at(lost))
		}
	}
	return h
}

// kept is how what is kept is kept, for people who look at a terminal.
type kept struct {
	Key     uint32 `json:"data_key"`
	Running string `json:"rotation,omitempty"`
	Left    int64  `json:"rotation_could_not_open,omitempty"`
	Backup  string `json:"last_good_backup"`
	Failed  string `json:"last_backup_failed,omitempty"`
	Tried   string `json:"restoring_last_tried"`
	Folder  string `json:"nightly_backups"`
}

func keeping(r store.Rotation, b store.BackupState, now time.Time) kept {
	k := kept{Key: r.Key, Left: r.Left, Backup: "never", Tried: "never", Folder: cmp.Or(b.Folder, store.NoBackups)}
	if r.Running {
		k.Running = fmt.Sprintf("under way, %d of about %d values looked at", r.Done, r.Total)
	}
	at := func(r store.BackupRecord) string { return r.At.Format(time.RFC3339) }
	if b.Good.Good() {
		k.Backup = fmt.Sprintf("%s %s (%s)", at(b.Good), b.Good.File, humanize.RelTime(b.Good.At, now, "ago", "from now"))
	}
	if b.Last.Fault != "" || b.Last.Damaged > 0 {
		k.Failed = fmt.Sprintf("%s (%s)", at(b.Last), cmp.Or(string(b.Last.Fault), "not everything in it is whole"))
	}
	if !b.Trial.At.IsZero() {
		k.Tried = fmt.Sprintf("%s (%s)", at(b.Trial), cmp.Or(string(b.Trial.Fault), "it can be restored"))
		if b.Trial.Fault == "" && b.Trial.Damaged > 0 {
			k.Tried = at(b.Trial) + " (not everything in it is whole)"
		}
	}
	return k
}

// figures prints a struct of figures as JSON, or a line each.
func (a *app) figures(asJSON bool, v any) error {
	if asJSON {
		return a.json(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.Token() // the object's opening brace
	for dec.More() {
		name, _ := dec.Token()
		value, err := dec.Token()
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%v: %v\n", name, value)
	}
	return nil
}

type versionCmd struct{}

func (versionCmd) Run(a *app) error {
	_, err := fmt.Fprintf(a.stdout, "breakwater %s (%s, %s)\n", version, commit, runtime.Version())
	return err
}
