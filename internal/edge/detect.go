package edge

import (
	"net"
	"net/http"
	"strings"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// hostLabels are names of endpoints that differ from the name of the service. The account's own endpoints of Kinesis
// are {account}.data-kinesis.{region} and {account}.control-kinesis.{region}.
var hostLabels = map[string][]string{
	"kinesis":            {"data-kinesis", "control-kinesis"},
	"connectparticipant": {"participant"},
	"eventbridge":        {"events"},
	"cloudwatch":         {"monitoring"},
	"customerprofiles":   {"profile"},
}

// detect finds the service that a request means, by the first of these that names one: path of the Smithy RPC protocol,
// target prefix, name signed for, Action in the query string, host name, path. The target beats the signature: people sign with the wrong name,
// which AWS, with a host for each service, never has to judge.
func (c *call) detect() *service {
	c.sig = parseSignature(c.r)
	if name, _, ok := rpcPath(c.r); ok {
		if s := c.h.byTarget[name]; s != nil && s.Speaks(wire.RPCV2CBOR) {
			return s
		}
	}
	if prefix, _, ok := strings.Cut(c.target(), "."); ok {
		if s := c.h.byTarget[prefix]; s != nil {
			return s
		}
	}
	if s := c.pick(c.h.bySigningName[c.sig.service]); s != nil {
		return s
	}
	if s := c.h.byAction(c.r.URL.RawQuery); s != nil {
		return s
	}
	if s := c.h.byHost(c.r.Host); s != nil {
		return s
	}
	for _, s := range c.h.services {
		if s.routes != nil && s.routes.knows(c.r) {
			return s
		}
	}
	return nil
}

// speak finds out which of its service's protocols a request is made in, and sets the encoding of the answer to match.
func (c *call) speak() wire.Protocol {
	_, _, rpc := rpcPath(c.r)
	form := c.target() == "" && (mediaType(c.r) == formType || formValue(c.r.URL.RawQuery, "Action") != "")
	switch {
	case rpc && c.svc.Speaks(wire.RPCV2CBOR):
		c.enc = wire.CBOR
	case c.svc.Protocol == wire.AWSQuery, form && c.svc.Speaks(wire.AWSQuery):
		c.enc = wire.Query
	default:
		c.enc = wire.JSON
	}
	return c.svc.In(c.enc)
}

// pick chooses among services that share a signing name: by path.
func (c *call) pick(candidates []*service) *service {
	for _, s := range candidates {
		if len(candidates) == 1 || s.routes != nil && s.routes.knows(c.r) {
			return s
		}
	}
	if len(candidates) > 0 {
		return candidates[0] // which will say that it does not know the path
	}
	return nil
}

// byAction finds the query service whose catalogue has the Action and whose Version is the one asked for.
func (h *Handler) byAction(form string) *service {
	action, version := formValue(form, "Action"), formValue(form, "Version")
	if action == "" || version == "" {
		return nil
	}
	for _, s := range h.services {
		if s.Speaks(wire.AWSQuery) && s.APIVersion == version && s.operations[action] != nil {
			return s
		}
	}
	return nil
}

// byHost finds a service by any label of the host, so that {account}.data-kinesis.us-east-1.… and kinesis.localhost
// both lead to Kinesis.
func (h *Handler) byHost(host string) *service {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	for label := range strings.SplitSeq(host, ".") {
		if s := h.byHostLabel[label]; s != nil {
			return s
		}
	}
	return nil
}

// detectByForm looks for the service in the form that is the body, where nothing else named it. It returns a response
// only when the body could not be had.
func (c *call) detectByForm() *wire.Response {
	if c.r.Method != http.MethodPost || mediaType(c.r) != formType {
		return nil
	}
	if err := c.readBody(unknownBodyBytesMax); err != nil {
		return c.bodyRefused(err)
	}
	c.svc = c.h.byAction(string(c.raw))
	return nil
}

const formType = "application/x-www-form-urlencoded"

// unknownService refuses a request that no service here understands, in the form its sender most likely reads.
func (c *call) unknownService() *wire.Response {
	asked := "this request"
	switch {
	case c.sig.service != "":
		asked = "service " + printable(c.sig.service)
	case c.target() != "":
		asked = "target " + printable(c.target())
	}
	served := c.h.served
	if served == "" {
		served = "nothing"
	}
	return c.refuse(http.StatusNotFound, "UnknownOperationException", "Nothing here answers "+asked+". Served are: "+served+".")
}

// stranger stands for the service of a request whose service is not known.
func (c *call) stranger() *wire.Service {
	s := &wire.Service{Name: "unknown", Protocol: wire.RESTJSON1, MessageKey: "message",
		ValidationCode: "ValidationException", SerializationCode: "SerializationException", InternalCode: "InternalFailure"}
	switch _, _, rpc := rpcPath(c.r); {
	case rpc:
		s.Protocol, c.enc = wire.RPCV2CBOR, wire.CBOR
	case c.target() != "":
		s.Protocol = wire.AWSJSON11
	case mediaType(c.r) == formType:
		s.Protocol = wire.AWSQuery
	}
	return s
}

func (c *call) target() string { return first(c.r.Header["X-Amz-Target"]) }

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// mediaType is the Content-Type up to its parameters. AWS takes it up to the first semicolon and trims it.
func mediaType(r *http.Request) string {
	t, _, _ := strings.Cut(first(r.Header["Content-Type"]), ";")
	return strings.TrimSpace(t)
}

const printableBytesMax = 256

// printable makes a client's words fit for a message: valid UTF-8 without control characters, of bounded length.
func printable(s string) string {
	if len(s) > printableBytesMax {
		s = s[:printableBytesMax]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
