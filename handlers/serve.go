package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits of every listener. Ocean and browsers are well within them; what is not is cut off.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 90 * time.Second // 25 MB over a slow line
	answerTimeout = 2 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
	stopTimeout   = 15 * time.Second
)

// Listener is an address to serve on, and what.
type Listener struct {
	Address string // host:port
	Net     net.Listener
	Handler http.Handler
	// Certificate is what to prove Breakwater with; nil for plain HTTP.
	Certificate *Certificate
}

// Serve serves until ctx ends, then lets the requests under way finish for a while. It returns
// the first error of a listener that failed.
func Serve(ctx context.Context, log *slog.Logger, listeners ...Listener) error {
	failed := make(chan error, len(listeners))
	var servers []*http.Server
	looking, enough := context.WithCancel(ctx)
	defer enough()
	lookAtCertificates(looking, listeners)
	for _, l := range listeners {
		srv := &http.Server{Handler: l.Handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout,
			WriteTimeout: answerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
			DisableGeneralOptionsHandler: true, // it would answer without our headers
			ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
		servers = append(servers, srv)
		go func() {
			if l.Certificate != nil {
				srv.TLSConfig = l.Certificate.config
				failed <- srv.ServeTLS(l.Net, "", "")
				return
			}
			failed <- srv.Serve(l.Net)
		}()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	var wg sync.WaitGroup
	for _, srv := range servers {
		wg.Go(func() {
			if srv.Shutdown(stop) != nil {
				srv.Close()
			}
		})
	}
	wg.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// lookAtCertificates looks every day at those that the listeners use, each once.
func lookAtCertificates(ctx context.Context, listeners []Listener) {
	seen := map[*Certificate]bool{nil: true}
	for _, l := range listeners {
		if c := l.Certificate; !seen[c] {
			seen[c] = true
			go func() {
				day := time.NewTicker(lookEvery)
				defer day.Stop()
				c.run(ctx, time.Now, day.C)
			}()
		}
	}
}
