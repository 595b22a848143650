package views

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoWordIsUnused finds fields of the catalogue that no page and no handler reads. It reads the
// sources with their types, so a field counts only where it is meant itself, whatever the way that
// leads to it is called. The pages count as templ generates them.
func TestNoWordIsUnused(t *testing.T) {
	used, text := readCatalogueUse(t)
	unused := 0
	var check func(path string, s *types.Struct)
	check = func(path string, s *types.Struct) {
		for field := range s.Fields() {
			name := path + field.Name()
			group, ok := groupOf(field)
			switch {
			case ok:
				check(name+".", group)
			case !used[field]:
				unused++
				t.Errorf("%s is never shown: use it or take it out of every language", name)
			}
		}
	}
	check("", text)
	if unused > 20 {
		t.Log("so many at once may mean that the pages were not generated: make generate")
	}
}

// groupOf returns the struct behind a field of the catalogue that only groups others. Such types
// are called ...Text; one like Explained is a text in two parts.
func groupOf(field *types.Var) (*types.Struct, bool) {
	named, ok := field.Type().(*types.Named)
	if !ok || !strings.HasSuffix(named.Obj().Name(), "Text") {
		return nil, false
	}
	s, ok := named.Underlying().(*types.Struct)
	return s, ok
}

// readCatalogueUse returns what the sources of views and handlers refer to. What the catalogue's
// own files refer to counts only from functions that are referred to elsewhere.
func readCatalogueUse(t *testing.T) (used map[types.Object]bool, text *types.Struct) {
	t.Helper()
	known := packages{}
	used = map[types.Object]bool{}
	inside := map[types.Object][]types.Object{} // by function of the catalogue
	for _, dir := range []string{".", "../handlers"} {
		path := "breakwater/" + filepath.Base(dir)
		if dir == "." {
			path = "breakwater/views"
		}
		fset := token.NewFileSet()
		files := parseSources(t, fset, dir)
		info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
		// Errors come from the packages that are not read; what matters here does not need them.
		config := types.Config{Importer: known, Error: func(error) {}}
		known[path], _ = config.Check(path, fset, files, info)
		for _, f := range files {
			if ours := fset.Position(f.Pos()).Filename; strings.HasPrefix(filepath.Base(ours), "text") {
				gatherInside(f, info, inside)
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && info.Uses[id] != nil {
					used[info.Uses[id]] = true
				}
				return true
			})
		}
	}
	for grown := true; grown; {
		grown = false
		for function, objects := range inside {
			if used[function] {
				delete(inside, function)
				grown = true
				for _, o := range objects {
					used[o] = true
				}
			}
		}
	}
	return used, known["breakwater/views"].Scope().Lookup("Text").Type().Underlying().(*types.Struct)
}

// gatherInside notes what each function of a file refers to.
func gatherInside(f *ast.File, info *types.Info, inside map[types.Object][]types.Object) {
	for _, d := range f.Decls {
		function, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(function, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && info.Uses[id] != nil {
				inside[info.Defs[function.Name]] = append(inside[info.Defs[function.Name]], info.Uses[id])
			}
			return true
		})
	}
}

func parseSources(t *testing.T, fset *token.FileSet, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// packages imports what was read before; any other package is taken to be empty.
type packages map[string]*types.Package

func (p packages) Import(path string) (*types.Package, error) {
	if known, ok := p[path]; ok {
		return known, nil
	}
	empty := types.NewPackage(path, filepath.Base(path))
	empty.MarkComplete()
	return empty, nil
}
