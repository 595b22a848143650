package views

import (
	"slices"

	"breakwater/store"
)

// option is one choice of a list.
type option struct{ Code, Name string }

// exportFormats are the formats of an export, in the order of the form.
func (f Frame) exportFormats() []option {
	return []option{{"csv", f.Text.Audit.CSV}, {"ndjson", f.Text.Audit.NDJSON}, {"fhir", f.Text.Audit.FHIR}, {"fhir-ndjson", f.Text.Audit.Outside.FHIRLines}}
}

// outlet is what people call a way by which the log's newest entry is noted outside.
func (f Frame) outlet(name string) string { return lookup(f.Text.Audit.Outside.Outlets, name) }

func anySent(outlets []store.AuditOutlet) bool {
	return slices.ContainsFunc(outlets, func(o store.AuditOutlet) bool { return !o.SentAt.IsZero() })
}
