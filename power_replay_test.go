package main

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
)

// disk is what a trace did to the files of one folder, and what of that a power cut leaves. Its rules are
// the worst that a file system that keeps its promises may do:
//
//   - what was written to a file before a sync of it began, and that sync has succeeded, is kept;
//   - of every later write, each sector is kept or not by itself, in no order; so is every truncation;
//   - names that were made, changed or removed are kept as of the last sync of their folder; of later
//     changes, as many from the first on as luck has it (file systems write names in order).
type disk struct {
	dir   string
	base  map[string][]byte // what was there, and durable, before the trace
	steps []*step
	luck  *rand.Rand
	// every has a failed sync count for every handle, as Linux has it; see [untilTold].
	every bool
}

// inode is a file, whatever it is called.
type inode struct {
	base    []byte
	writes  []written
	decided int // of the first so many writes it is known that they are durable
}

type written struct {
	*step
	durable bool
	doomed  []string // the handles whose sync failed: what it should have kept is never tried again by them
}

// synced notes a sync that began at step i. Linux tells every handle of a failed sync, and takes what was
// lost for written; an injected fault does neither. So on a whole trace what failed on one handle counts as
// kept when a sync on another has succeeded, unless every is set.
func (f *inode) synced(i int, sync *step, every bool) {
	for n := f.decided; n < len(f.writes); n++ {
		w := &f.writes[n]
		if w.done && w.end <= i && !w.durable {
			if sync.failed {
				w.doomed = append(w.doomed, sync.by)
			}
			w.durable = !sync.failed && !slices.Contains(w.doomed, sync.by) && (!every || len(w.doomed) == 0)
		}
		if n == f.decided && w.durable {
			f.decided++
		}
	}
}

// untilTold is the step before which a trace with an injected fault is what Linux would have done: a sync on
// one handle has failed, and one on another, which Linux would have told of it, has not returned yet.
func untilTold(steps []*step) int {
	type fault struct {
		at int
		by string
	}
	first, until := map[string]fault{}, len(steps)
	for i, s := range steps {
		if _, known := first[s.path]; s.call == "sync" && s.failed && !known {
			first[s.path] = fault{i, s.by}
		}
	}
	for _, s := range steps { // also one that had begun before
		if f, ok := first[s.path]; ok && s.call == "sync" && s.done && !s.failed && s.by != f.by && s.end > f.at {
			until = min(until, s.end-1)
		}
	}
	return until
}

// renaming is a change of the folder.
type renaming struct {
	names map[string]*inode // after it
	at    int
}

// after returns the files as a power cut before the given step leaves them.
func (d *disk) after(cut int) map[string][]byte {
	names := map[string]*inode{}
	for name, content := range d.base {
		names[name] = &inode{base: content}
	}
	changes, durable := []renaming{{maps.Clone(names), -1}}, 0
	for i, s := range d.steps[:cut] {
		// A sync counts once it has returned, a change from its beginning.
		isWrite := s.call == "write" || s.call == "pwrite64" || s.call == "sync"
		if s.failed && !isWrite || s.call == "sync" && (!s.done || s.end > cut) {
			continue
		}
		changed := false
		if s.call == "sync" && filepath.Clean(s.path) == d.dir {
			if s.failed {
				continue
			}
			for n, c := range changes {
				if c.at < 0 || d.steps[c.at].done && d.steps[c.at].end <= i {
					durable = n
				}
			}
			continue
		}
		if name := d.name(s.path); name != "" {
			changed = d.apply(names, name, i, s)
		}
		if changed {
			changes = append(changes, renaming{maps.Clone(names), i})
		}
	}
	kept := changes[durable+d.luck.IntN(len(changes)-durable)].names
	files := map[string][]byte{}
	chance := []float64{0, 0.1, 0.5, 0.9, 1}[d.luck.IntN(5)]
	sector := []int64{512, 4096}[d.luck.IntN(2)]
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		files[name] = d.content(kept[name], chance, sector)
	}
	return files
}

// name is a path's name inside the folder, "" for others and for SQLite's shared memory, which no
// power cut leaves.
func (d *disk) name(path string) string {
	name, ok := strings.CutPrefix(path, d.dir+"/")
	if !ok || strings.HasSuffix(name, "-shm") || strings.HasSuffix(name, " (deleted)") {
		return ""
	}
	return name
}

// apply notes a step and reports whether it changed the folder.
func (d *disk) apply(names map[string]*inode, name string, i int, s *step) (changed bool) {
	file := names[name]
	switch s.call {
	case "create":
		if file != nil {
			return false
		}
		names[name] = &inode{}
	case "rename":
		names[d.name(s.to)] = file
		delete(names, name)
	case "unlink":
		delete(names, name)
	case "sync":
		if file != nil {
			file.synced(i, s, d.every)
		}
		return false
	case "write", "pwrite64", "ftruncate", "truncate":
		if file != nil {
			file.writes = append(file.writes, written{step: s})
		}
		return false
	default:
		return false
	}
	return true
}

// content is what is left of a file.
func (d *disk) content(f *inode, chance float64, sector int64) []byte {
	content, end := slices.Clone(f.base), int64(len(f.base)) // end: where an appending write goes
	for _, s := range f.writes {
		if strings.HasSuffix(s.call, "truncate") {
			if s.durable || d.luck.Float64() < chance {
				content = resize(content, s.at)
			}
			end = s.at
			continue
		}
		at := s.at
		if at < 0 {
			at = end
		}
		end = max(end, at+int64(len(s.data)))
		for from := at; from < at+int64(len(s.data)); {
			to := min((from/sector+1)*sector, at+int64(len(s.data)))
			if s.durable || d.luck.Float64() < chance {
				if int64(len(content)) < to {
					content = resize(content, to)
				}
				copy(content[from:to], s.data[from-at:to-at])
			}
			from = to
		}
	}
	return content
}

func resize(content []byte, to int64) []byte {
	if int64(len(content)) >= to {
		return content[:to]
	}
	return append(content, make([]byte, to-int64(len(content)))...)
}
