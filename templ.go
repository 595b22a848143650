package main

// The pages are templ templates in views/. To change one, edit its .templ file, run
//
//	go generate .
//
// and commit the .templ file together with the _templ.go file beside it, so that a plain go build
// needs no tool. The version is left out of the generated files so that they change only when a
// page does. Words stand in views/text_*.go and never in a template.

//go:generate go tool templ generate -path views -include-version=false -log-level warn
