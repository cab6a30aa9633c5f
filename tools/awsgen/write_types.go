package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// writeService writes the Service value, with the catalogue of all operations.
func (g *generator) writeService() error {
	protocols := g.protocols()
	if len(protocols) == 0 {
		return fmt.Errorf("protocol %s is not supported", g.Metadata.Protocol)
	}
	g.p("// Service is what the front door knows of %s.", g.Metadata.ServiceName)
	g.p("var Service = &wire.Service{")
	g.p("Name: %q,\nSigningName: %q,\nProtocol: wire.%s,", g.name, g.signingName, protocols[0])
	if len(protocols) > 1 {
		g.p("Also: []wire.Protocol{wire.%s},", strings.Join(protocols[1:], ", wire."))
		g.p("QueryCodes: map[string]string{")
		codes := g.errorCodes()
		for _, code := range slices.Sorted(maps.Keys(codes)) {
			g.p("%q: %q,", code, codes[code])
		}
		g.p("},")
	}
	g.p("TargetPrefix: %q,\nAPIVersion: %q,\nXMLNamespace: %q,", g.Metadata.TargetPrefix, g.Metadata.APIVersion, g.Metadata.XMLNamespace)
	g.p("CBOR: %t,\nExtendedID: %t,\nMessageKey: %q,", g.cbor, g.extendedID, g.messageKey)
	g.p("ValidationCode: %q,\nSerializationCode: %q,\nInternalCode: %q,", g.validationCodes[0], g.serializationCode, g.internalCode)
	g.p("SerializationKey: %q,\nJavaNames: %t,\nBodyRequired: %t,", g.serializationKey, g.javaNames, g.bodyRequired)
	if g.errorNamespaces {
		g.p("ErrorNamespace: %q,", g.class)
	}
	if g.crc32 {
		g.p("CRC32: true,")
	}
	g.p("Catalogue: []wire.OperationModel{")
	for _, op := range g.Operations.keys {
		h := g.Operations.values[op].HTTP
		status := h.ResponseCode
		if status == 0 {
			status = 200
		}
		var declared string
		if errs := g.Operations.values[op].Errors; g.isAllowed(op) && len(errs) > 0 {
			declared = ", Errors: []string{"
			for i, e := range errs {
				if i > 0 {
					declared += ", "
				}
				declared += strconv.Quote(e.Shape)
			}
			declared += "}"
		}
		g.p("{Name: %q, Method: %q, Path: %q, Status: %d%s},", op, h.Method, h.RequestURI, status, declared)
	}
	g.p("},\n}\n")
	g.p("// Allowed lists the operations that this package has constructors for, in the model's order.")
	g.p("var Allowed = []string{")
	for _, op := range g.allowed {
		g.p("%q,", op)
	}
	g.p("}")
	return nil
}

// protocols lists the service's protocols, as Go names of package wire: the one that its errors are named by first.
func (g *generator) protocols() []string {
	var out []string
	for _, p := range []struct{ model, name string }{
		{"json", "AWSJSON" + strings.ReplaceAll(g.Metadata.JSONVersion, ".", "")}, {"rest-json", "RESTJSON1"}, {"query", "AWSQuery"}, {rpcCBOR, "RPCV2CBOR"},
	} {
		if g.speaks(p.model) {
			out = append(out, p.name)
		}
	}
	return out
}

// errorCodes maps the names of errors to the codes of the query protocol, where these differ.
func (g *generator) errorCodes() map[string]string {
	codes := maps.Clone(g.queryCodes)
	if codes == nil {
		codes = map[string]string{}
	}
	for _, name := range g.Shapes.keys {
		if s := g.shape(name); s.Exception && s.Error.Code != "" && s.Error.Code != name {
			codes[name] = s.Error.Code
		}
	}
	return codes
}

// writeOperations writes the constructor of each operation.
func (g *generator) writeOperations() error {
	for i, op := range g.Operations.keys {
		o := g.Operations.values[op]
		if !g.isAllowed(op) {
			continue
		}
		in, out := op+"Input", op+"Output"
		g.p("// %s is the operation %s %s, served by fn.", op, o.HTTP.Method, o.HTTP.RequestURI)
		g.p("func %s(fn func(context.Context, *%s) (*%s, error)) wire.Operation {", op, in, out)
		g.p("return wire.Bind(Service, Service.Catalogue[%d], &wire.Codec[%s, %s]{", i, in, out)
		if err := g.writeCodec(o, in, out); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		g.p("}, fn)\n}\n")
	}
	return nil
}

func (g *generator) isAllowed(op string) bool {
	for _, a := range g.allowed {
		if a == op {
			return true
		}
	}
	return false
}

// writeCodec writes the fields of an operation's wire.Codec.
func (g *generator) writeCodec(o Op, in, out string) error {
	if o.Input != nil {
		s := g.shape(o.Input.Shape)
		body, http := split(s)
		if g.speaks("query") && len(s.Members.keys) > 0 {
			g.p("DecodeQuery: func(x *%s, d *wire.QueryDecoder) { x.decodeQuery(d, \"\") },", in)
		}
		if s.Payload != "" {
			return fmt.Errorf("an input whose body is one member is not supported yet")
		}
		if g.has("JSON") && (len(body) > 0 || g.speaks("json")) {
			g.p("DecodeJSON: (*%s).decodeJSON,", in)
			if g.has("CBOR") {
				g.p("DecodeCBOR: (*%s).decodeCBOR,", in)
			}
		}
		if len(http) > 0 {
			g.p("DecodeHTTP: (*%s).decodeHTTP,", in)
		}
		if g.ruled[o.Input.Shape] {
			g.p("Validate: func(x *%s, v *wire.Violations) { x.validate(v, nil) },", in)
		}
	}
	if o.Output != nil {
		s := g.shape(o.Output.Shape)
		_, http := split(s)
		stream := g.eventMember(o.Output.Shape)
		switch {
		case len(http) > 0 || s.Payload != "":
			return fmt.Errorf("an output with members outside a JSON body is not supported yet")
		case stream != "":
			g.p("Events: func(x *%s) wire.EventStream { return x.%s },", out, fieldNames(s)[stream])
			g.p("Exceptions: []string{")
			for _, name := range g.streamMembers(s.Members.values[stream].Shape, true) {
				g.p("%q,", name)
			}
			g.p("},")
		default:
			if g.has("JSON") {
				g.p("EncodeJSON: (*%s).appendJSON,", out)
			}
			if g.has("CBOR") {
				g.p("EncodeCBOR: (*%s).appendCBOR,", out)
			}
			if g.speaks("query") {
				g.p("EncodeXML: (*%s).appendXML,", out)
			}
		}
	}
	if code := g.validationCode(o); code != g.validationCodes[0] {
		g.p("ValidationCode: %q,", code)
	}
	return nil
}

func (g *generator) validationCode(o Op) string {
	for _, code := range g.validationCodes {
		for _, e := range o.Errors {
			if e.Shape == code {
				return code
			}
		}
	}
	if len(g.validationCodes) > 1 {
		return g.validationCodes[1]
	}
	return g.validationCodes[0]
}

// split parts the members of an input or output by where they travel.
func split(s Shape) (body, http []string) {
	for _, member := range s.Members.keys {
		if s.Members.values[member].Location == "" {
			body = append(body, member)
		} else {
			http = append(http, member)
		}
	}
	return body, http
}

// writeTypes writes the structures and the values of enumerations.
func (g *generator) writeTypes() error {
	reached := both(g.inputs, g.outputs)
	for _, op := range g.allowed {
		o := g.Operations.values[op]
		g.writeTopLevel(op+"Input", o.Input)
		g.writeTopLevel(op+"Output", o.Output)
	}
	for _, name := range g.structs(reached) {
		s := g.shape(name)
		if s.Exception || s.EventStream {
			continue
		}
		g.p("// %s is the model's structure %s.%s", g.names[name], name, unionNote(s))
		g.p("type %s struct {", g.names[name])
		fields := fieldNames(s)
		for _, member := range s.Members.keys {
			g.p("%s %s%s", fields[member], g.goType(s.Members.values[member].Shape), fieldNote(s, member))
		}
		g.p("}\n")
	}
	for _, name := range g.ofType(reached, "string") {
		if s := g.shape(name); s.Enum != nil {
			g.p("// Values of %s.\nconst (", name)
			for _, value := range s.Enum {
				g.p("%s = %q", g.unique(exported(name)+pascal(value)), value)
			}
			g.p(")\n")
		}
	}
	return nil
}

// writeTopLevel gives an operation's input or output its name where the model's structure does not bear it: when there
// is none, and when several operations share one.
func (g *generator) writeTopLevel(name string, ref *Ref) {
	switch {
	case ref == nil:
		g.p("// %s has no members.\ntype %s struct{}\n", name, name)
	case g.names[ref.Shape] != name:
		g.p("// %s is shared with other operations.\ntype %s = %s\n", name, name, g.names[ref.Shape])
	}
}

func unionNote(s Shape) string {
	if s.Union {
		return " Exactly one member is set."
	}
	return ""
}

// fieldNote says of a field what its type does not.
func fieldNote(s Shape, member string) string {
	ref := s.Members.values[member]
	var notes []string
	for _, r := range s.Required {
		if r == member {
			notes = append(notes, "required")
		}
	}
	switch ref.Location {
	case "uri":
		notes = append(notes, "in the path")
	case "querystring":
		notes = append(notes, "in the query string")
	case "header":
		notes = append(notes, "in header "+ref.LocationName)
	}
	if ref.Idempotency {
		notes = append(notes, "idempotency token")
	}
	if len(notes) == 0 {
		return ""
	}
	return " // " + strings.Join(notes, ", ")
}

// pascal turns a value such as AT_SEQUENCE_NUMBER into AtSequenceNumber.
func pascal(value string) string {
	var b strings.Builder
	words := strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, w := range words {
		if strings.ToUpper(w) == w {
			w = strings.ToLower(w)
		}
		b.WriteString(exported(w))
	}
	if b.Len() == 0 {
		return "Empty"
	}
	return b.String()
}

// writeErrors writes a type for every error of the model.
func (g *generator) writeErrors() error {
	for _, name := range g.Shapes.keys {
		s := g.shape(name)
		if !s.Exception {
			continue
		}
		goName, fields := g.names[name], fieldNames(s)
		code, status := name, 400
		if s.Error.Code != "" && len(g.protocols()) == 1 { // else only the query protocol has it
			code = s.Error.Code
		}
		if s.Fault {
			status = 500
		}
		if s.Error.Status != 0 {
			status = s.Error.Status
		}
		g.p("// %s is the error %s, HTTP status %d.", goName, code, status)
		g.p("type %s struct {", goName)
		message := ""
		for _, member := range s.Members.keys {
			if strings.EqualFold(member, "message") {
				message = member
				g.p("Message string // left out when empty")
				continue
			}
			g.p("%s %s", fields[member], g.goType(s.Members.values[member].Shape))
		}
		g.p("}\n")
		g.p("func (e *%s) Error() string {", goName)
		if message == "" {
			g.p("return %q\n}\n", code)
		} else {
			g.p("if e.Message == \"\" {\nreturn %q\n}", code)
			g.p("return %q + e.Message\n}\n", code+": ")
		}
		g.p("// ErrorCode returns the code that clients know the error by.")
		g.p("func (e *%s) ErrorCode() string { return %q }\n", goName, code)
		g.p("// HTTPStatus returns the status that the error travels with.")
		g.p("func (e *%s) HTTPStatus() int { return %s }\n", goName, strconv.Itoa(status))
		g.p("// AppendFields appends the error's members as JSON, each after a comma.")
		g.p("func (e *%s) AppendFields(dst []byte) []byte {", goName)
		for _, member := range s.Members.keys {
			if member == message {
				g.p("if e.Message != \"\" {")
				g.p("dst = wire.AppendJSONString(append(dst, `,%q:`...), e.Message)\n}", member)
				continue
			}
			ref := s.Members.values[member]
			g.p("if e.%s != nil {\ndst = append(dst, `,%q:`...)", fields[member], member)
			if err := g.encodeMember("JSON", ref.Shape, "e."+fields[member], true); err != nil {
				return err
			}
			g.p("}")
		}
		g.p("return dst\n}\n")
	}
	return nil
}
