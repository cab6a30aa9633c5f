package edge

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// query brings a call of an awsQuery service to its operation, or answers it: Action, Version, signature. The
// parameters are the form in the body, or the query string where there is no body.
func (c *call) query() *wire.Response {
	identified := false
	if c.r.Header["Expect"] != nil {
		identified = true
		if err := c.identify(); err != nil {
			return c.render(err)
		}
	}
	if err := c.readBody(c.svc.bodyBytesMax); err != nil {
		return c.bodyRefused(err)
	}
	if err := c.decode(); err != nil {
		return c.bodyRefused(err)
	}
	if len(c.req.Body) == 0 {
		c.req.Body = []byte(c.r.URL.RawQuery)
	}
	if resp := c.action(string(c.req.Body)); resp != nil {
		return resp
	}
	if !identified {
		if err := c.identify(); err != nil {
			return c.render(err)
		}
	}
	if err := c.checkSignature(); err != nil {
		return c.render(err)
	}
	return nil
}

// action finds the operation that a form asks for, or answers that it cannot.
func (c *call) action(form string) *wire.Response {
	action, version := formValue(form, "Action"), formValue(form, "Version")
	if action == "" {
		return c.refuse(http.StatusBadRequest, "MissingAction", "The request must contain the parameter Action.")
	}
	if version == "" {
		version = "NO_VERSION_SPECIFIED"
	}
	if version != c.svc.APIVersion {
		return c.refuse(http.StatusBadRequest, "InvalidAction", "Could not find operation "+printable(action)+" for version "+printable(version))
	}
	c.op = c.svc.operations[action]
	if c.op == nil || c.op.serve == nil {
		return c.render(wire.UnknownOperation(c.svc.Service, c.enc, printable(action)))
	}
	return nil
}

// formValue returns the first value of a parameter of a form or query string.
func formValue(form, name string) string {
	for pair := range strings.SplitSeq(form, "&") {
		if key, value, _ := strings.Cut(pair, "="); key == name {
			decoded, err := url.QueryUnescape(value)
			if err != nil {
				return ""
			}
			return decoded
		}
	}
	return ""
}
