package edge

import (
	"net/http"

	"github.com/hookswitch/hookswitch/internal/wire"
)

const rpcType = "application/cbor"

// rpcPath reads the address of a request of the Smithy RPC protocol: …/service/{service}/operation/{operation}, with a
// header that names the protocol. ok is false for every other request.
func rpcPath(r *http.Request) (service, operation string, ok bool) {
	if first(r.Header["Smithy-Protocol"]) != "rpc-v2-cbor" {
		return "", "", false
	}
	parts := segments(r.URL.EscapedPath())
	n := len(parts)
	if n < 4 || n > segmentsMax || parts[n-4] != "service" || parts[n-2] != "operation" {
		return "", "", false
	}
	return parts[n-3], parts[n-1], true
}

// rpc brings a call of the Smithy RPC protocol to its operation, or answers it: operation, content type, signature, body.
func (c *call) rpc() *wire.Response {
	service, name, _ := rpcPath(c.r)
	c.op = c.svc.operations[name]
	if c.r.Method != http.MethodPost || c.op == nil || c.op.serve == nil || service != c.svc.TargetPrefix {
		return c.render(wire.UnknownOperation(c.svc.Service, c.enc, printable(name)))
	}
	if asked := mediaType(c.r); asked != rpcType && c.r.ContentLength != 0 {
		return c.refuse(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeException", "The body must be "+rpcType+", not "+printable(asked)+".")
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
