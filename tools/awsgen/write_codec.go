package main

import (
	"fmt"
	"strings"
)

// writeDecoder returns the writer of the decoders from JSON or CBOR.
func (g *generator) writeDecoder(form string) func() error {
	return func() error {
		if !g.has(form) {
			return nil
		}
		for _, name := range g.structs(g.inputs) {
			if err := g.writeStructDecoder(form, name); err != nil {
				return err
			}
		}
		for _, name := range g.ofType(g.inputs, "list", "map") {
			if g.inBody(name) {
				g.writeItemsDecoder(form, name)
			}
		}
		return nil
	}
}

// has reports whether the service's bodies have the form: JSON or CBOR.
func (g *generator) has(form string) bool {
	if form == "CBOR" {
		return g.cbor || g.speaks(rpcCBOR)
	}
	return g.speaks("json") || g.speaks("rest-json")
}

// inSeconds reports whether timestamps in the form have methods of their own: Kinesis' CBOR counts milliseconds, the
// Smithy protocol's seconds.
func (g *generator) inSeconds(form string) bool { return form == "CBOR" && g.speaks(rpcCBOR) }

// reader names the decoder's method for a scalar.
func (g *generator) reader(form string, s Shape) string {
	if s.Type == "timestamp" && g.inSeconds(form) {
		return "TimestampSeconds"
	}
	return scalar(s)
}

// inBody reports whether values of a list or map shape are read from or written to a body, and so need a function.
func (g *generator) inBody(shape string) bool {
	reached := both(g.inputs, g.outputs)
	for _, name := range g.Shapes.keys {
		s := g.shape(name)
		if !reached[name] && !s.Exception {
			continue
		}
		for _, member := range s.Members.keys {
			if ref := s.Members.values[member]; ref.Shape == shape && ref.Location == "" {
				return true
			}
		}
		for _, ref := range []*Ref{s.Member, s.Value} {
			if ref != nil && ref.Shape == shape {
				return true
			}
		}
	}
	return false
}

func (g *generator) writeStructDecoder(form, name string) error {
	s := g.shape(name)
	body, http := split(s)
	if len(body) == 0 && len(http) > 0 {
		return nil
	}
	fields := fieldNames(s)
	g.p("func (x *%s) decode%s(d *wire.%sDecoder) {", g.names[name], form, form)
	g.p("if !d.BeginStructure() {\nreturn\n}\nfor d.NextMember() {")
	if len(body) == 0 {
		g.p("d.Skip()\n}\n}\n")
		return nil
	}
	g.p("switch d.Key {")
	for _, member := range body {
		ref := s.Members.values[member]
		if ref.TimestampFormat != "" || g.shape(ref.Shape).TimestampFormat != "" {
			return fmt.Errorf("%s.%s: a timestamp format of its own is not supported yet", name, member)
		}
		wireName := member
		if ref.LocationName != "" {
			wireName = ref.LocationName
		}
		g.p("case %q:", wireName)
		target := "x." + fields[member]
		switch m := g.shape(ref.Shape); {
		case m.Document:
			g.p("%s = d.Raw()", target)
		case m.Type == "structure":
			g.p("%s = nil\nif !d.IsNull() {", target)
			g.p("%s = new(%s)\n%s.decode%s(d)\n}", target, g.names[ref.Shape], target, form)
		case m.Type == "list" || m.Type == "map":
			g.p("%s = decode%s%s(d)", target, exported(ref.Shape), form)
		default:
			g.p("%s = d.%s()", target, g.reader(form, m))
		}
	}
	g.p("default:\nd.Skip()\n}\n}")
	if s.Union {
		g.p("set := 0")
		for _, member := range body {
			g.p("if x.%s != nil {\nset++\n}", fields[member])
		}
		g.p("if set != 1 {\nd.Refuse(\"Exactly one member of a union must be set\")\n}")
	}
	g.p("}\n")
	return nil
}

// writeItemsDecoder writes the function that reads a list or map.
func (g *generator) writeItemsDecoder(form, name string) {
	s := g.shape(name)
	goType := g.itemType(name)
	g.p("func decode%s%s(d *wire.%sDecoder) %s {", exported(name), form, form, goType)
	ref := s.Member
	if s.Type == "map" {
		ref = s.Value
		g.p("if !d.BeginMap() {\nreturn nil\n}\nitems := %s{}\nfor d.NextEntry() {\nkey := d.Key", goType)
	} else {
		g.p("if !d.BeginList() {\nreturn nil\n}\nitems := %s{}\nfor d.NextElement() {", goType)
	}
	store := func(value string) {
		if s.Type == "map" {
			g.p("items[key] = %s", value)
		} else {
			g.p("items = append(items, %s)", value)
		}
	}
	switch m := g.shape(ref.Shape); {
	case m.Document:
		store("d.Raw()")
	case m.Type == "structure" && s.Type == "list":
		g.p("items = append(items, %s{})\nitems[len(items)-1].decode%s(d)", g.names[ref.Shape], form)
	case m.Type == "structure":
		g.p("var item %s\nitem.decode%s(d)", g.names[ref.Shape], form)
		store("item")
	case m.Type == "list" || m.Type == "map":
		store(fmt.Sprintf("decode%s%s(d)", exported(ref.Shape), form))
	case m.Type == "string":
		g.p("if item, ok := d.Text(); ok {")
		store("item")
		g.p("}")
	case m.Type == "blob":
		store("d.Blob()")
	default:
		g.p("if item := d.%s(); item != nil {", g.reader(form, m))
		store("*item")
		g.p("}")
	}
	g.p("}\nreturn items\n}\n")
}

// writeEncoder returns the writer of the encoders to JSON or CBOR.
func (g *generator) writeEncoder(form string) func() error {
	return func() error {
		if !g.has(form) {
			return nil
		}
		for _, name := range g.structs(g.outputs) {
			if s := g.shape(name); s.Exception || s.EventStream || g.eventMember(name) != "" {
				continue
			}
			if err := g.writeStructEncoder(form, name); err != nil {
				return err
			}
		}
		for _, name := range g.ofType(g.outputs, "list", "map") {
			if !g.inBody(name) {
				continue
			}
			if err := g.writeItemsEncoder(form, name); err != nil {
				return err
			}
		}
		return nil
	}
}

func (g *generator) writeStructEncoder(form, name string) error {
	s, fields := g.shape(name), fieldNames(g.shape(name))
	g.p("func (x *%s) append%s(dst []byte) []byte {", g.names[name], form)
	g.p("dst = %s", openStruct(form))
	for _, member := range s.Members.keys {
		ref := s.Members.values[member]
		stamp := ref.TimestampFormat + g.shape(ref.Shape).TimestampFormat
		if stamp != "" && (stamp != "iso8601" || form != "JSON") {
			return fmt.Errorf("%s.%s: timestamp format %s in %s is not supported yet", name, member, stamp, form)
		}
		wireName := member
		if ref.LocationName != "" {
			wireName = ref.LocationName
		}
		g.p("if x.%s != nil {", fields[member])
		if form == "JSON" {
			g.p("dst = append(dst, `%q:`...)", wireName)
		} else {
			g.p("dst = append(dst, %q...)", cborKey(wireName))
		}
		if stamp != "" {
			g.p("dst = wire.AppendJSONTimeISO(dst, *x.%s)", fields[member])
		} else if err := g.encodeMember(form, ref.Shape, "x."+fields[member], true); err != nil {
			return err
		}
		if form == "JSON" {
			g.p("dst = append(dst, ',')")
		}
		g.p("}")
	}
	g.p("return %s\n}\n", closeItems(form, '}'))
	return nil
}

func openStruct(form string) string {
	if form == "CBOR" {
		return "wire.OpenCBORMap(dst)"
	}
	return "append(dst, '{')"
}

func closeItems(form string, closing byte) string {
	if form == "CBOR" {
		return "wire.CloseCBOR(dst)"
	}
	return fmt.Sprintf("wire.CloseJSON(dst, %q)", rune(closing))
}

// cborKey is a member's name as a CBOR text string.
func cborKey(name string) string {
	if len(name) < 24 {
		return string([]byte{0x60 | byte(len(name))}) + name
	}
	if len(name) > 255 {
		panic("member name too long: " + name)
	}
	return string([]byte{0x78, byte(len(name))}) + name
}

// encodeMember writes the code that appends value, of a member (a pointer) or of an item.
func (g *generator) encodeMember(form, shape, value string, member bool) error {
	s := g.shape(shape)
	deref := value
	if member {
		deref = "*" + value
	}
	call := func(kind, arg string) { g.p("dst = wire.Append%s%s(dst, %s)", form, kind, arg) }
	switch s.Type {
	case "string":
		call("String", deref)
	case "integer":
		call("Int", "int64("+deref+")")
	case "long":
		call("Int", deref)
	case "float", "double":
		call("Float", deref)
	case "boolean":
		call("Bool", deref)
	case "timestamp":
		call(map[bool]string{true: "TimeSeconds", false: "Time"}[g.inSeconds(form)], deref)
	case "blob":
		call("Blob", value)
	case "structure":
		if s.Document {
			call("Raw", value)
		} else {
			g.p("dst = %s.append%s(dst)", value, form)
		}
	case "list", "map":
		g.p("dst = append%s%s(dst, %s)", exported(shape), form, value)
	default:
		return fmt.Errorf("%s: type %s", shape, s.Type)
	}
	return nil
}

// writeItemsEncoder writes the function that appends a list or map.
func (g *generator) writeItemsEncoder(form, name string) error {
	s := g.shape(name)
	g.p("func append%s%s(dst []byte, items %s) []byte {", exported(name), form, g.itemType(name))
	if s.Type == "map" {
		g.p("dst = %s\nfor _, key := range wire.SortedKeys(items) {", openStruct(form))
		g.p("dst = wire.Append%sString(dst, key)", form)
		if form == "JSON" {
			g.p("dst = append(dst, ':')")
		}
		g.p("item := items[key]")
		if err := g.encodeMember(form, s.Value.Shape, "item", false); err != nil {
			return err
		}
		if form == "JSON" {
			g.p("dst = append(dst, ',')")
		}
		g.p("}\nreturn %s\n}\n", closeItems(form, '}'))
		return nil
	}
	open := "append(dst, '[')"
	if form == "CBOR" {
		open = "wire.OpenCBORList(dst)"
	}
	g.p("dst = %s\nfor i := range items {", open)
	if err := g.encodeMember(form, s.Member.Shape, "items[i]", false); err != nil {
		return err
	}
	if form == "JSON" {
		g.p("dst = append(dst, ',')")
	}
	g.p("}\nreturn %s\n}\n", closeItems(form, ']'))
	return nil
}

// writeHTTP writes what reads labels, query strings and headers.
func (g *generator) writeHTTP() error {
	for _, op := range g.allowed {
		o := g.Operations.values[op]
		if o.Input == nil {
			continue
		}
		s := g.shape(o.Input.Shape)
		_, http := split(s)
		if len(http) == 0 {
			continue
		}
		fields := fieldNames(s)
		g.p("func (x *%sInput) decodeHTTP(d *wire.HTTPDecoder) {", op)
		for _, member := range http {
			ref := s.Members.values[member]
			m := g.shape(ref.Shape)
			var value string
			switch ref.Location {
			case "uri":
				i := labelIndex(o.HTTP.RequestURI, ref.LocationName)
				if i < 0 {
					return fmt.Errorf("%s: no label %s in %s", op, ref.LocationName, o.HTTP.RequestURI)
				}
				value = fmt.Sprintf("d.Label(%d)", i)
			case "querystring":
				value = fmt.Sprintf("d.Query(%q)", ref.LocationName)
			case "header":
				value = fmt.Sprintf("d.Header(%q)", ref.LocationName)
			default:
				return fmt.Errorf("%s.%s: location %s is not supported yet", op, member, ref.Location)
			}
			switch {
			case m.Type == "list" && ref.Location == "querystring" && g.shape(m.Member.Shape).Type == "string":
				g.p("x.%s = d.QueryList(%q)", fields[member], ref.LocationName)
			case m.Type == "string" && !ref.JSONValue:
				g.p("x.%s = %s", fields[member], value)
			case scalar(m) != "" && m.Type != "blob" && m.Type != "string":
				g.p("x.%s = d.%s(%s)", fields[member], scalar(m), value)
			default:
				return fmt.Errorf("%s.%s: a %s in %s is not supported yet", op, member, m.Type, ref.Location)
			}
		}
		g.p("}\n")
	}
	return nil
}

// labelIndex finds the position of {name} among the labels of a path template; -1 when it is not there.
func labelIndex(template, name string) int {
	path, _, _ := strings.Cut(template, "?")
	n := 0
	for _, segment := range strings.Split(path, "/") {
		if !strings.HasPrefix(segment, "{") {
			continue
		}
		if strings.TrimSuffix(strings.Trim(segment, "{}"), "+") == name {
			return n
		}
		n++
	}
	return -1
}

// writeQuery writes what reads forms.
func (g *generator) writeQuery() error {
	if !g.speaks("query") {
		return nil
	}
	for _, name := range g.structs(g.inputs) {
		s, fields := g.shape(name), fieldNames(g.shape(name))
		if len(s.Members.keys) == 0 {
			continue
		}
		g.p("func (x *%s) decodeQuery(d *wire.QueryDecoder, at string) {", g.names[name])
		for _, member := range s.Members.keys {
			ref := s.Members.values[member]
			wireName := member
			if ref.LocationName != "" {
				wireName = ref.LocationName
			}
			target, at := "x."+fields[member], fmt.Sprintf("at+%q", wireName)
			switch m := g.shape(ref.Shape); m.Type {
			case "structure":
				g.p("if d.Has(%s) {\n%s = new(%s)\n%s.decodeQuery(d, %s+\".\")\n}", at, target, g.names[ref.Shape], target, at)
			case "list":
				if err := g.writeQueryList(m, ref, target, at); err != nil {
					return err
				}
			case "map":
				if m.Flattened || g.shape(m.Key.Shape).Type != "string" || g.shape(m.Value.Shape).Type != "string" {
					return fmt.Errorf("%s.%s: in forms only plain maps of strings are supported yet", name, member)
				}
				g.p("for i := 0; ; i++ {\nkey, value, ok := d.Entry(%s, i)\nif !ok {\nbreak\n}", at)
				g.p("if k, v := d.String(key), d.String(value); k != nil && v != nil {\nif %s == nil {\n%s = %s{}\n}\n%s[*k] = *v\n}\n}",
					target, target, g.itemType(ref.Shape), target)
			default:
				g.p("%s = d.%s(%s)", target, scalar(m), at)
			}
		}
		g.p("}\n")
	}
	return nil
}

func (g *generator) writeQueryList(list Shape, ref Ref, target, at string) error {
	item := "member"
	if list.Member.LocationName != "" {
		item = list.Member.LocationName
	}
	if list.Flattened || ref.Flattened {
		item = ""
	}
	g.p("if d.IsEmptyList(%s) {\n%s = []%s{}\n}", at, target, g.itemType(list.Member.Shape))
	g.p("for i := 0; ; i++ {\nname, ok := d.Element(%s, %q, i)\nif !ok {\nbreak\n}", at, item)
	switch m := g.shape(list.Member.Shape); m.Type {
	case "structure":
		g.p("%s = append(%s, %s{})\n%s[i].decodeQuery(d, name+\".\")", target, target, g.names[list.Member.Shape], target)
	case "list", "map":
		return fmt.Errorf("lists of lists in forms are not supported yet")
	default:
		g.p("if item := d.%s(name); item != nil {\n%s = append(%s, *item)\n}", scalar(m), target, target)
	}
	g.p("}")
	return nil
}

// writeXML writes what appends outputs as XML elements.
func (g *generator) writeXML() error {
	if !g.speaks("query") {
		return nil
	}
	for _, name := range g.structs(g.outputs) {
		s, fields := g.shape(name), fieldNames(g.shape(name))
		if s.Exception {
			continue
		}
		g.p("func (x *%s) appendXML(dst []byte) []byte {", g.names[name])
		for _, member := range s.Members.keys {
			ref := s.Members.values[member]
			wireName := member
			if ref.LocationName != "" {
				wireName = ref.LocationName
			}
			g.p("if x.%s != nil {", fields[member])
			if err := g.xmlMember(ref, wireName, "x."+fields[member]); err != nil {
				return fmt.Errorf("%s.%s: %w", name, member, err)
			}
			g.p("}")
		}
		g.p("return dst\n}\n")
	}
	return nil
}

func (g *generator) xmlMember(ref Ref, name, value string) error {
	m := g.shape(ref.Shape)
	if m.Type == "map" && !m.Flattened && !ref.Flattened && g.shape(m.Key.Shape).Type == "string" {
		g.p("dst = append(dst, `<%s>`...)\nfor _, key := range wire.SortedKeys(%s) {", name, value)
		g.p("dst = append(wire.AppendXMLText(append(dst, `<entry><key>`...), key), `</key><value>`...)")
		if err := g.xmlValue(g.shape(m.Value.Shape), value+"[key]", false); err != nil {
			return err
		}
		g.p("dst = append(dst, `</value></entry>`...)\n}\ndst = append(dst, \"</%s>\\n\"...)", name)
		return nil
	}
	if m.Type != "list" {
		g.p("dst = append(dst, `<%s>`...)", name)
		if err := g.xmlValue(m, value, true); err != nil {
			return err
		}
		g.p("dst = append(dst, \"</%s>\\n\"...)", name)
		return nil
	}
	flat := m.Flattened || ref.Flattened
	item := "member"
	if m.Member.LocationName != "" {
		item = m.Member.LocationName
	}
	if flat {
		item = name
	} else {
		g.p("dst = append(dst, `<%s>`...)", name)
	}
	g.p("for i := range %s {\ndst = append(dst, `<%s>`...)", value, item)
	if err := g.xmlValue(g.shape(m.Member.Shape), value+"[i]", false); err != nil {
		return err
	}
	g.p("dst = append(dst, `</%s>`...)\n}", item)
	if !flat {
		g.p("dst = append(dst, \"</%s>\\n\"...)", name)
	}
	return nil
}

func (g *generator) xmlValue(s Shape, value string, member bool) error {
	deref := value
	if member {
		deref = "*" + value
	}
	switch s.Type {
	case "string":
		g.p("dst = wire.AppendXMLText(dst, %s)", deref)
	case "integer", "long":
		g.p("dst = wire.AppendJSONInt(dst, int64(%s))", deref)
	case "boolean":
		g.p("dst = wire.AppendJSONBool(dst, %s)", deref)
	case "float", "double":
		g.p("dst = wire.AppendXMLFloat(dst, %s)", deref)
	case "timestamp":
		g.p("dst = wire.AppendTimeISO(dst, %s)", deref)
	case "structure":
		g.p("dst = %s.appendXML(dst)", value)
	default:
		return fmt.Errorf("a %s in XML is not supported yet", s.Type)
	}
	return nil
}
