package edge

import (
	"net/http"
	"strings"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// awsJSON brings a call of an awsJson service to its operation, or answers it. The order of checks is visible to
// clients; it is the one that was recorded of Kinesis, and its kin are taken to share it: method, body at all, content
// type, body that parses, operation, signature. Only the size, and the headers of a client that waits for
// "100 Continue", come before it.
func (c *call) awsJSON() *wire.Response {
	if c.r.Method != http.MethodPost {
		return &wire.Response{Status: http.StatusForbidden, Body: []byte(accessDeniedXML)}
	}
	prefix, name, _ := strings.Cut(c.target(), ".")
	c.op = c.svc.operations[name]
	if prefix != c.svc.TargetPrefix {
		c.op = nil
	}
	asked := mediaType(c.r)
	known := c.encoding(asked)
	denied := error(nil)
	identified := false
	if c.op != nil && c.r.Header["Expect"] != nil {
		identified = true
		if denied = c.identify(); denied != nil {
			return c.render(denied)
		}
	}
	if err := c.readBody(c.svc.bodyBytesMax); err != nil {
		return c.bodyRefused(err)
	}
	if len(c.raw) == 0 && c.svc.BodyRequired {
		code := c.svc.SerializationCode
		if c.op == nil {
			code = "UnknownOperationException"
		}
		return c.refuse(http.StatusBadRequest, code, "")
	}
	if !known && asked != plainJSON {
		if prefix == "" || name == "" {
			return &wire.Response{Status: http.StatusForbidden, Body: []byte(accessDeniedXML)}
		}
		return &wire.Response{Status: http.StatusNotFound, Body: []byte(unknownAPIXML)}
	}
	if err := c.decode(); err != nil {
		return c.bodyRefused(err)
	}
	if c.op != nil && known && !identified {
		denied = c.identify()
	}
	if c.op != nil && known && denied == nil {
		denied = c.checkSignature()
	}
	if c.op != nil && c.op.serve != nil && known && denied == nil {
		return nil // whether the body parses is the decoder's to find out
	}
	return c.awsJSONRefusal(asked, name, denied)
}

// encoding sets how the answer is encoded and reports whether the content type is one that leads to an operation.
func (c *call) encoding(asked string) bool {
	switch {
	case asked == c.svc.contentType:
		c.enc = wire.JSON
	case c.svc.CBOR:
		c.enc = wire.CBOR // also for what has no type or an unknown one
		return asked == cborType
	default:
		return false
	}
	return true
}

// awsJSONRefusal says what is wrong first. The body is parsed for nothing but that: what is served is parsed once, by
// its decoder.
func (c *call) awsJSONRefusal(asked, name string, denied error) *wire.Response {
	enc := wire.JSON
	if asked == cborType {
		enc = wire.CBOR
	}
	parses := len(c.req.Body) == 0 || wire.WellFormed(enc, c.req.Body) // a missing body was judged before
	switch {
	case asked == plainJSON && !parses:
		return &wire.Response{Status: http.StatusBadRequest, ContentType: plainJSON, Body: []byte(coralNotParsed)}
	case asked == plainJSON:
		return &wire.Response{Status: http.StatusNotFound, ContentType: plainJSON, Body: []byte(coralNotKnown)}
	case !parses:
		return c.refuse(http.StatusBadRequest, c.svc.SerializationCode, "")
	case c.op == nil:
		return c.render(wire.UnknownOperation(c.svc.Service, c.enc, printable(name)))
	case denied != nil:
		return c.render(denied)
	}
	return c.render(wire.UnknownOperation(c.svc.Service, c.enc, c.op.name)) // AWS has it, we do not
}
