package handlers

import (
	"context"
	"errors"
	"net"
	"net/url"
	"path/filepath"
	"time"

	"breakwater/store"
	"breakwater/views"
)

// Place is where Breakwater is installed and how it is reached, as far as the checks must know.
type Place struct {
	Dir, MasterKey    string // as in [store.Options]
	BackupDir         string // likewise
	Listen            string // host:port of the console
	CertFile, KeyFile string // "" for none
	ACME              *ACME  // nil for none
	Proxied           bool   // a trusted proxy stands in front
	Base              *url.URL
}

const (
	// lowDisk is how many times the floor must be free before the disk counts as filling up, and
	// roomyDisk before it does not any more.
	lowDisk   = 2
	roomyDisk = 2.5
	// freshBackup is how old the last good backup may be: one is made every night, and one night may fail.
	freshBackup = 36 * time.Hour
	// renewBefore is how long before its end a certificate should have been renewed.
	renewBefore = 14 * 24 * time.Hour
)

func fault(check views.CheckID, code string) views.Finding {
	return views.Finding{Check: check, Level: views.LevelFault, Code: code}
}

func warning(check views.CheckID, code string) views.Finding {
	return views.Finding{Check: check, Level: views.LevelWarning, Code: code}
}

// because is a finding that quotes an error.
func because(check views.CheckID, code string, err error) views.Finding {
	f := fault(check, code)
	f.Name = err.Error()
	return f
}

// findFiles is who may read the data folder and the key.
func findFiles(p Place) (list []views.Finding) {
	key := p.MasterKey
	if key == "" {
		key = filepath.Join(p.Dir, "master.key")
	}
	list = []views.Finding{views.Fine(views.CheckFolder)}
	for _, path := range store.OpenToOthers(store.Options{Dir: p.Dir, MasterKey: p.MasterKey}) {
		f := warning(views.CheckFolder, "folder.open")
		if path == key {
			f = fault(views.CheckKey, "key.open")
		}
		if f.Name = path; list[0].Level == views.LevelFine {
			list = nil
		}
		list = append(list, f)
	}
	return list
}

func findKey(p Place, err error) views.Finding {
	f := views.Fine(views.CheckKey)
	switch {
	case err == nil:
		return f
	case errors.Is(err, store.ErrNoMaster):
		f = fault(views.CheckKey, "key.missing")
	case errors.Is(err, store.ErrWrongMaster):
		f = fault(views.CheckKey, "key.wrong")
	default:
		return because(views.CheckKey, "key.unread", err)
	}
	if f.Name = p.MasterKey; f.Name == "" {
		f.Name = filepath.Join(p.Dir, "master.key")
	}
	return f
}

func findDisk(disk store.Disk, floor uint64, err error) views.Finding {
	f := views.Fine(views.CheckDisk)
	switch {
	case err != nil:
		return because(views.CheckDisk, "disk.unread", err)
	case disk.ReadOnly:
		f = fault(views.CheckDisk, "disk.readonly")
	case disk.Free < floor:
		f = fault(views.CheckDisk, "disk.full")
	case disk.Free < lowDisk*floor:
		f = warning(views.CheckDisk, "disk.low")
	}
	f.Free, f.Floor = disk.Free, floor
	return f
}

// findClock takes what is known of the clock, and what the machine says of it.
func findClock(c store.ClockState, synced, known bool) views.Finding {
	f := views.Fine(views.CheckClock)
	switch {
	case c.Doubt == store.DoubtBack:
		f = fault(views.CheckClock, "clock.back")
	case c.Doubt == store.DoubtFloor:
		f = fault(views.CheckClock, "clock.floor")
	case c.Doubt == store.DoubtAhead:
		f = warning(views.CheckClock, "clock.ahead")
	case known && !synced:
		f = warning(views.CheckClock, "clock.unsynced")
	case known:
		f.Code = "clock.synced"
	}
	f.When = c.Since
	return f
}

// findCertificate takes when the certificate ends; zero where there is none.
func findCertificate(until time.Time, err error, now time.Time, acme bool) views.Finding {
	f := views.Fine(views.CheckCertificate)
	switch {
	case err != nil:
		return because(views.CheckCertificate, "certificate.unread", err)
	case until.IsZero():
		f.Code = "certificate.none"
	case !until.After(now):
		f = warning(views.CheckCertificate, "certificate.over")
	case until.Sub(now) < renewBefore:
		f = warning(views.CheckCertificate, "certificate.soon")
	}
	if acme && f.Level == views.LevelWarning {
		f.Code += ".acme"
	}
	f.When = until
	return f
}

// CertificateEnd is when the certificate from files or by ACME ends; zero where there is none.
func (p Place) CertificateEnd() (time.Time, error) {
	s, err := LookAtCertificate(context.Background(), Addresses{BaseURL: p.Base, CertFile: p.CertFile, KeyFile: p.KeyFile, ACME: p.ACME})
	if errors.Is(err, ErrNoTLS) {
		return time.Time{}, nil
	}
	return s.NotAfter, err
}

// findAddress holds what people and Ocean use against what is listened on.
func findAddress(p Place) views.Finding {
	f := views.Fine(views.CheckAddress)
	switch {
	case isLocal(p.Base):
		f = warning(views.CheckAddress, "address.local")
	case p.Base.Scheme == "http":
		f = warning(views.CheckAddress, "address.http")
	case isLoopback(p.Listen) && !p.Proxied:
		f = warning(views.CheckAddress, "address.unreached")
	}
	f.Name = p.Base.String()
	return f
}

// findMail is whether somebody hears of it when something is wrong.
func findMail(n store.NoticeSettings, t *views.Text) views.Finding {
	f := views.Fine(views.CheckMail)
	switch {
	case !n.ByMail():
		f.Level, f.Code = views.LevelOptional, "mail.off"
	case !n.FailedAt.IsZero():
		f = warning(views.CheckMail, "mail.failing")
		f.When, f.Cause = n.FailedAt, t.System.MailFaults[n.Fault]
	default:
		f.Name = n.To[0]
	}
	return f
}

// findOcean is how the connection does, by what has happened: nobody is asked.
func findOcean(ctx context.Context, s *store.Store, t *views.Text) (views.Finding, error) {
	settings, err := s.OceanSettings(ctx)
	if err != nil {
		return views.Finding{}, err
	}
	active, err := s.KeyActive(ctx)
	if err != nil {
		return views.Finding{}, err
	}
	known, err := s.Connection(ctx)
	if err != nil {
		return views.Finding{}, err
	}
	f := views.Fine(views.CheckOcean)
	switch {
	case settings.SiteNumber == "" || settings.ClientID == "" || !settings.HasClientSecret || !active:
		f = warning(views.CheckOcean, "ocean.unfinished")
	case !known.CredentialsRefused.IsZero():
		f = warning(views.CheckOcean, "ocean.fault")
		f.Cause = t.Fault(store.FaultCredentials)
	case known.Gap != nil && known.Gap.Until.IsZero():
		f = warning(views.CheckOcean, "ocean.fault")
		f.Cause = t.Refusal(known.Gap.Reason)
	}
	return f, nil
}

// reachable is where a program on this machine reaches an address that is listened on.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
