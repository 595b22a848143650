package handlers

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"breakwater/store"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are Breakwater's figures for Prometheus. Their labels are routes of the table, methods,
// statuses and codes of our own: nothing that somebody has typed or sent, and nothing of a patient. A
// nil one counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	bundles  *prometheus.CounterVec
	refused  *prometheus.CounterVec
	writes   prometheus.Histogram
}

const namespace = "breakwater"

// NewMetrics makes figures that are all at nought.
func NewMetrics() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "http_requests_total", Help: "Requests answered."}, []string{"route", "method", "status"}),
		bundles:  prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "bundles_total", Help: "Messages of Ocean's that were kept, or were here already."}, []string{"outcome"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "bundles_refused_total", Help: "Calls of the public route that were refused."}, []string{"reason"}),
		writes: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: namespace, Name: "write_seconds", Help: "From asking for a write until it is on disk.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}}),
	}
	m.registry.MustRegister(m.requests, m.bundles, m.refused, m.writes, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, outcome := range []string{"received", "duplicate"} { // from the beginning, so that rates begin at nought
		m.bundles.WithLabelValues(outcome)
	}
	for _, reason := range store.RefusalReasons {
		if reason != store.GapDown {
			m.refused.WithLabelValues(string(reason))
		}
	}
	return m
}

// Wrote counts how long a write took, for [store.Options].
func (m *Metrics) Wrote(took time.Duration) { m.writes.Observe(took.Seconds()) }

func (m *Metrics) answered(route, method string, status int) {
	if m == nil {
		return
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, known(method), strconv.Itoa(status)).Inc()
}

func (m *Metrics) kept(r store.Receipt) {
	switch {
	case m == nil:
	case r.Duplicate:
		m.bundles.WithLabelValues("duplicate").Inc()
	default:
		m.bundles.WithLabelValues("received").Inc()
	}
}

func (m *Metrics) refuse(reason store.RefusalReason) {
	if m != nil && reason != "" {
		m.refused.WithLabelValues(string(reason)).Inc()
	}
}

// Handler answers with the figures and those of the store at that moment. The address that it is served
// on is nobody's but whoever watches the machine.
func (m *Metrics) Handler(cfg Config) http.Handler {
	m.registry.MustRegister(&gauges{cfg})
	return protect(nil, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 20 * time.Second}))
}

// gauges reads the store when somebody asks.
type gauges struct{ Config }

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+"_"+name, help, nil, nil)
}

var (
	gaugeUp               = gauge("ready", "1 where all checks of /readyz hold.")
	gaugeDamaged          = gauge("database_damaged", "1 where the database is damaged.")
	gaugeAttachments      = gauge("attachments_pending", "Documents that wait to be fetched.")
	gaugeAttachmentsFail  = gauge("attachments_failed", "Documents that wait for a person.")
	gaugeOldestAttachment = gauge("attachments_oldest_seconds", "For how long the oldest of them waits.")
	gaugeOutbox           = gauge("outbox_pending", "Updates that wait to be sent to Ocean.")
	gaugeOutboxFail       = gauge("outbox_failed", "Updates that wait for a person.")
	gaugeOldestOutbox     = gauge("outbox_oldest_seconds", "For how long the oldest of them waits.")
	gaugeAttention        = gauge("needs_attention", "Things that a person should look at.")
	gaugeSessions         = gauge("sessions", "Sessions that have not ended.")
	gaugeAudit            = gauge("audit_entries", "Entries of the audit log.")
	gaugeOutlets          = gauge("audit_outlets_failing", "Ways by which the audit log's head cannot leave the database.")
	gaugeLost             = gauge("audit_outlets_lost", "Ways by which a head left that is in the audit log no more.")
	gaugeIncidents        = gauge("incidents_open", "What is wrong with Breakwater itself.")
	gaugeWAL              = gauge("wal_bytes", "Size of the write-ahead log.")
	gaugeFree             = gauge("disk_free_bytes", "Disk that is left.")
	gaugeFloor            = gauge("disk_floor_bytes", "Below so many nothing is received.")
	gaugeCertificate      = gauge("certificate_expiry_seconds", "When the certificate ends, in seconds since 1970.")
	gaugeBackup           = gauge("backup_age_seconds", "How old the last good backup is; left out where there is none.")
	allGauges             = []*prometheus.Desc{gaugeUp, gaugeDamaged, gaugeAttachments, gaugeAttachmentsFail, gaugeOldestAttachment, gaugeOutbox, gaugeOutboxFail,
		gaugeOldestOutbox, gaugeAttention, gaugeSessions, gaugeAudit, gaugeOutlets, gaugeLost, gaugeIncidents, gaugeWAL, gaugeFree, gaugeFloor, gaugeCertificate, gaugeBackup}
)

// Describe implements [prometheus.Collector].
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range allGauges {
		to <- d
	}
}

// Collect implements [prometheus.Collector]. What cannot be read is left out.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	set := func(d *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value)
	}
	set(gaugeUp, one(g.Store.Ready(ctx) == nil))
	set(gaugeDamaged, one(g.Store.Damage() != nil))
	set(gaugeWAL, float64(g.Store.LogSize()))
	if disk, floor, err := g.Store.Disk(); err == nil {
		set(gaugeFree, float64(disk.Free))
		set(gaugeFloor, float64(floor))
	}
	if until, err := g.Expiry(); err == nil && !until.IsZero() {
		set(gaugeCertificate, float64(until.Unix()))
	}
	is, err := g.Store.Gauges(ctx)
	if err != nil {
		return
	}
	now := g.Now()
	for d, v := range map[*prometheus.Desc]int64{gaugeAttachments: is.Attachments, gaugeAttachmentsFail: is.AttachmentsFailed, gaugeOutbox: is.Outbox, gaugeOutboxFail: is.OutboxFailed,
		gaugeAttention: is.Attention, gaugeSessions: is.Sessions, gaugeAudit: is.AuditEntries, gaugeIncidents: is.Incidents} {
		set(d, float64(v))
	}
	if b, err := g.Store.LastBackup(ctx); err == nil && b.Good.Good() {
		set(gaugeBackup, age(b.Good.At, now))
	}
	if outlets, err := g.Store.AuditOutlets(ctx); err == nil {
		failing, lost := 0, 0
		for _, o := range outlets {
			failing += int(one(!o.Failing.IsZero()))
			lost += int(one(o.Lost > 0))
		}
		set(gaugeOutlets, float64(failing))
		set(gaugeLost, float64(lost))
	}
	set(gaugeOldestAttachment, age(is.OldestAttachment, now))
	set(gaugeOldestOutbox, age(is.OldestOutbox, now))
}

// age is for how many seconds something waits; 0 where nothing does.
func age(since, now time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(now.Sub(since).Seconds(), 0)
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// ListenMetrics opens the address for the figures: on this machine alone, unless it names another host.
func ListenMetrics(address string) (net.Listener, error) {
	if _, err := strconv.Atoi(address); err == nil {
		address = ":" + address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errors.New("BREAKWATER_METRICS_LISTEN is an address such as 127.0.0.1:9090, or a port")
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.Listen("tcp", net.JoinHostPort(host, port))
}
