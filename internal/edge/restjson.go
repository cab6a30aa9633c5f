package edge

import (
	"github.com/hookswitch/hookswitch/internal/wire"
)

// restJSON brings a call of a restJson1 service to its operation, or answers it: path, signature, body.
func (c *call) restJSON() *wire.Response {
	if c.r.URL.RawQuery != "" {
		c.req.Query = c.r.URL.Query()
	}
	op, labels, ok := c.svc.routes.find(c.r.Method, c.r.URL.EscapedPath(), c.req.Query)
	if !ok {
		return c.render(wire.UnknownOperation(c.svc.Service, c.enc, printable(c.r.Method+" "+c.r.URL.EscapedPath())))
	}
	c.op, c.req.Labels = op, labels
	if op.serve == nil {
		return c.render(wire.UnknownOperation(c.svc.Service, c.enc, op.name))
	}
	if err := c.identify(); err != nil {
		return c.render(err)
	}
	if err := c.readBody(c.svc.bodyBytesMax); err != nil {
		return c.bodyRefused(err)
	}
	if err := c.checkSignature(); err != nil {
		return c.render(err)
	}
	if err := c.decode(); err != nil {
		return c.bodyRefused(err)
	}
	return nil
}
