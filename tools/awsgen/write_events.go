package main

import "fmt"

// eventMember returns the member of an output that is an event stream, or "".
func (g *generator) eventMember(output string) string {
	s := g.shape(output)
	for _, member := range s.Members.keys {
		if g.shape(s.Members.values[member].Shape).EventStream {
			return member
		}
	}
	return ""
}

// streamMembers returns the members of an event stream that are exceptions, or those that are events.
func (g *generator) streamMembers(stream string, exceptions bool) (names []string) {
	s := g.shape(stream)
	for _, member := range s.Members.keys {
		if g.shape(s.Members.values[member].Shape).Exception == exceptions {
			names = append(names, member)
		}
	}
	return names
}

// writeEvents writes what makes the structures of event streams events.
func (g *generator) writeEvents() error {
	for _, op := range g.allowed {
		if in := g.Operations.values[op].Input; in != nil && g.eventMember(in.Shape) != "" {
			return fmt.Errorf("%s: an event stream as an input is not supported yet", op)
		}
		if out := g.Operations.values[op].Output; out != nil && g.eventMember(out.Shape) != "" && len(g.shape(out.Shape).Members.keys) > 1 {
			return fmt.Errorf("%s: an output with members beside its event stream is not supported yet", op)
		}
	}
	typeOf := map[string]string{} // event structure to event type
	for _, stream := range g.structs(g.outputs) {
		if !g.shape(stream).EventStream {
			continue
		}
		if g.Metadata.Protocol == "query" {
			return fmt.Errorf("%s: an event stream of a query service is not supported yet", stream)
		}
		for _, member := range g.streamMembers(stream, false) {
			shape := g.shape(stream).Members.values[member].Shape
			for name, ref := range g.shape(shape).Members.values {
				if ref.EventPayload || ref.EventHeader {
					return fmt.Errorf("%s.%s: a member of its own in an event is not supported yet", shape, name)
				}
			}
			if other, ok := typeOf[shape]; ok {
				if other != member {
					return fmt.Errorf("%s is the event %s and the event %s", shape, other, member)
				}
				continue
			}
			typeOf[shape] = member
			name := g.names[shape]
			g.p("// EventType returns the name by which event streams know the structure.")
			g.p("func (x *%s) EventType() string { return %q }\n", name, member)
			g.p("// AppendEventJSON appends the event in JSON.")
			g.p("func (x *%s) AppendEventJSON(dst []byte) []byte { return x.appendJSON(dst) }\n", name)
			g.p("// AppendEventCBOR appends the event in CBOR.")
			if g.cbor {
				g.p("func (x *%s) AppendEventCBOR(dst []byte) []byte { return x.appendCBOR(dst) }\n", name)
			} else {
				g.p("func (x *%s) AppendEventCBOR(dst []byte) []byte { return wire.AppendCBORRaw(dst, x.appendJSON(nil)) }\n", name)
			}
		}
	}
	return nil
}
