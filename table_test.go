package main

import (
	"database/sql"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"text/tabwriter"

	"breakwater/store"
)

// proofs are the lines of the table that `make crash` and `make faults` print.
var proofs struct {
	sync.Mutex
	rows []proof
}

type proof struct {
	what                  string
	tried, survived, lost int // lost: acknowledged, and not there afterwards
}

// prove adds a line to the table.
func prove(what string, tried, survived, lost int) {
	proofs.Lock()
	defer proofs.Unlock()
	proofs.rows = append(proofs.rows, proof{what, tried, survived, lost})
}

func printTable(to io.Writer) {
	if len(proofs.rows) == 0 {
		return
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "What was done\tTried\tSurvived\tLost")
	for _, r := range proofs.rows {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\n", r.what, r.tried, r.survived, r.lost)
	}
	w.Flush()
}

// isWhole has SQLite look at every page and every index of the machine's database.
func (m *machine) isWhole() {
	m.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(m.dir, store.FileName)+"?mode=ro")
	if err != nil {
		m.t.Fatal(err)
	}
	defer db.Close()
	var found string
	if err := db.QueryRow(`PRAGMA integrity_check(1)`).Scan(&found); err != nil || found != "ok" {
		m.t.Errorf("the database is not whole: %s %v", found, err)
	}
}
