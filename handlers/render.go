package handlers

import (
	"bytes"
	"fmt"

	"github.com/a-h/templ"
)

// render answers with a page. It is written to memory first, so that a page that fails half-way
// becomes an error and not half a page.
func (r *request) render(status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(r.ctx(), &buf); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	return r.HTMLBlob(status, buf.Bytes())
}
