package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestNothingOfTheKindIsInTheProgram holds what SECURITY.md says is not there: nothing runs commands or loads code, no
// memory is handled by hand, no weak or guessable source is drawn from, no format that brings types along is read,
// no page is made of a template of somebody's, and no regular expression is made of what comes from outside.
func TestNothingOfTheKindIsInTheProgram(t *testing.T) {
	never := strings.Fields(`os/exec plugin unsafe encoding/gob encoding/xml text/template html/template net/http/pprof expvar
		crypto/md5 crypto/sha1 crypto/des crypto/rc4 crypto/dsa math/rand math/rand/v2 github.com/gorilla/websocket`)
	but := map[string]string{
		"handlers/ocean/oceantest/page.go": "html/template", // the simulated Ocean's one page
		"store/attachment_work.go":         "math/rand/v2",  // spreads when things are tried again
		"store/outbox_work.go":             "math/rand/v2",
		"store/storetest/invent.go":        "math/rand/v2", // invents people
	}
	files, expressions := 0, 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, i := range file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if slices.Contains(never, name) && but[path] != name {
				t.Errorf("%s imports %s", path, name)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			to, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if of, ok := to.X.(*ast.Ident); ok && of.Name == "regexp" && strings.Contains(to.Sel.Name, "Compile") {
				expressions++
				if _, fixed := call.Args[0].(*ast.BasicLit); !fixed {
					t.Errorf("%s makes a regular expression of something that is no fixed text", path)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 200 || expressions < 10 {
		t.Errorf("only %d files and %d expressions were looked at", files, expressions)
	}
}
