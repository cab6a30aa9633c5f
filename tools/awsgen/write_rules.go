package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// writeRules writes one rule for each shape that bounds its values.
func (g *generator) writeRules() error {
	for _, name := range g.ofType(g.inputs, "string", "integer", "long", "float", "double", "list", "map", "blob") {
		s := g.shape(name)
		if s.Type == "string" {
			if !g.constrained(name) {
				continue
			}
			if err := g.writeStringRule(name, s); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			continue
		}
		if !s.sized() {
			continue
		}
		kind := "SizeRule"
		if scalar(s) != "" && s.Type != "blob" {
			kind = "NumberRule"
		}
		bounds, err := bounds(s)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		g.p("var %s = wire.%s{%s}\n", ruleName(name), kind, bounds)
	}
	if len(g.changed) > 0 {
		g.p("// Patterns that the model spells wrongly, with what was made of them:\n//\n// %s", strings.Join(g.changed, "\n// "))
	}
	return nil
}

func ruleName(shape string) string { return "rule" + exported(shape) }

// bounds writes the fields Min, Max and Sensitive of a rule.
func bounds(s Shape) (string, error) {
	var fields []string
	for _, bound := range []struct {
		name string
		n    *json.Number
	}{{"Min", s.Min}, {"Max", s.Max}} {
		if bound.n == nil {
			continue
		}
		n, err := bound.n.Int64()
		if err != nil { // 1.0 is a whole number too
			f, err := bound.n.Float64()
			if n = int64(f); err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
				return "", fmt.Errorf("bound %s is not a whole number", bound.n)
			}
		}
		fields = append(fields, fmt.Sprintf("%s: wire.Bound{Set: true, N: %d}", bound.name, n))
	}
	if s.Sensitive {
		fields = append(fields, "Sensitive: true")
	}
	return strings.Join(fields, ", "), nil
}

func (g *generator) writeStringRule(name string, s Shape) error {
	text, err := bounds(s)
	if err != nil {
		return err
	}
	var fields []string
	if text != "" {
		fields = append(fields, text)
	}
	if s.Enum != nil {
		fields = append(fields, fmt.Sprintf("Enum: %#v", s.Enum))
	}
	if s.Pattern != "" {
		p, err := translate(s.Pattern)
		if err != nil {
			return err
		}
		if p.Changed {
			g.changed = append(g.changed, fmt.Sprintf("%s: %s -> %s", name, s.Pattern, p.Text))
		}
		fields = append(fields, "Pattern: "+p.literal())
	}
	g.p("var %s = wire.StringRule{%s}\n", ruleName(name), strings.Join(fields, ", "))
	return nil
}

// literal writes the pattern as a Go value.
func (p goPattern) literal() string {
	fields := []string{fmt.Sprintf("Text: %q", p.Text)}
	switch {
	case p.Set != nil:
		fields = append(fields, fmt.Sprintf("Set: &wire.ByteSet{%#x, %#x}", p.Set[0], p.Set[1]))
		if p.Min > 0 {
			fields = append(fields, fmt.Sprintf("Min: %d", p.Min))
		}
		if p.Max > 0 {
			fields = append(fields, fmt.Sprintf("Max: %d", p.Max))
		}
	case p.Decimal > 0:
		fields = append(fields, fmt.Sprintf("Decimal: %d", p.Decimal))
	default:
		fields = append(fields, fmt.Sprintf("Expr: %q", p.Expr))
		if p.NotPrefix != nil {
			fields = append(fields, fmt.Sprintf("NotPrefix: %#v", p.NotPrefix))
		}
		if p.Contains != nil {
			fields = append(fields, fmt.Sprintf("Contains: %#v", p.Contains))
		}
	}
	return "&wire.Pattern{" + strings.Join(fields, ", ") + "}"
}

// writeValidate writes what checks the constraints of structures.
func (g *generator) writeValidate() error {
	for _, name := range g.structs(g.inputs) {
		if !g.ruled[name] {
			continue
		}
		s, fields := g.shape(name), fieldNames(g.shape(name))
		g.p("func (x *%s) validate(v *wire.Violations, p *wire.Path) {", g.names[name])
		for _, member := range s.Members.keys {
			ref := s.Members.values[member]
			required, constrained := g.isRequired(s, member), g.constrained(ref.Shape)
			field := "x." + fields[member]
			switch {
			case required && constrained:
				g.p("if %s == nil {\nv.Required(p, %q)\n} else {", field, lowered(member))
			case required:
				g.p("if %s == nil {\nv.Required(p, %q)\n}", field, lowered(member))
				continue
			case constrained:
				g.p("if %s != nil {", field)
			default:
				continue
			}
			if err := g.writeCheck(ref.Shape, field, lowered(member)); err != nil {
				return fmt.Errorf("%s.%s: %w", name, member, err)
			}
			g.p("}")
		}
		g.p("}\n")
	}
	return nil
}

// writeCheck writes what checks a member that is there.
func (g *generator) writeCheck(shape, value, path string) error {
	s, rule := g.shape(shape), "&"+ruleName(shape)
	switch s.Type {
	case "string":
		g.p("v.String(p, %q, *%s, %s)", path, value, rule)
	case "integer", "long":
		g.p("v.Int(p, %q, int64(*%s), %s)", path, value, rule)
	case "float", "double":
		g.p("v.Float(p, %q, *%s, %s)", path, value, rule)
	case "blob":
		g.p("v.Blob(p, %q, %s, %s)", path, value, rule)
	case "structure":
		g.p("at := p.Member(%q)\n%s.validate(v, &at)", path, value)
	case "list":
		return g.writeListCheck(s, shape, value, path)
	case "map":
		return g.writeMapCheck(s, shape, value, path)
	default:
		return fmt.Errorf("type %s has constraints", s.Type)
	}
	return nil
}

func (g *generator) writeListCheck(s Shape, shape, value, path string) error {
	element := g.shape(s.Member.Shape)
	text := fmt.Sprintf("wire.OpaqueText(%q, len(%s))", g.class+"."+exported(s.Member.Shape), value)
	switch element.Type {
	case "string":
		text = fmt.Sprintf("wire.ListText(%s)", value)
	case "integer", "long":
		text = fmt.Sprintf("wire.IntsText(%s)", value)
	}
	if s.sized() {
		g.p("v.Size(p, %q, len(%s), &%s, func() string { return %s })", path, value, ruleName(shape), text)
	}
	if !g.constrained(s.Member.Shape) {
		return nil
	}
	switch element.Type {
	case "string":
		g.p("v.Strings(p, %q, %s, &%s, %t)", path, value, ruleName(s.Member.Shape), s.Sensitive)
	case "integer", "long":
		g.p("wire.Ints(v, p, %q, %s, &%s, %t)", path, value, ruleName(s.Member.Shape), s.Sensitive)
	case "structure":
		g.p("for i := range %s {\nat := p.Element(%q, i)\n%s[i].validate(v, &at)\n}", value, path, value)
	case "map":
		g.p("for i := range %s {\nat := p.Element(%q, i)\np, item := &at, %s[i]", value, path, value)
		if err := g.writeMapCheck(element, s.Member.Shape, "item", ""); err != nil {
			return err
		}
		g.p("}")
	default:
		return fmt.Errorf("constraints on a list of %s are not supported yet", element.Type)
	}
	return nil
}

func (g *generator) writeMapCheck(s Shape, shape, value, path string) error {
	element := g.shape(s.Value.Shape)
	text := fmt.Sprintf("wire.KeysText(%s)", value)
	if element.Type == "string" {
		text = fmt.Sprintf("wire.MapText(%s)", value)
	}
	if s.sized() {
		g.p("v.Size(p, %q, len(%s), &%s, func() string { return %s })", path, value, ruleName(shape), text)
	}
	keys, values := g.constrained(s.Key.Shape), g.constrained(s.Value.Shape)
	if element.Type == "string" {
		if keys || values {
			hidden := s.Sensitive || g.shape(s.Key.Shape).Sensitive || element.Sensitive
			g.p("v.StringMap(p, %q, %s, %s, %s, %t)", path, value, g.ruleOrNil(s.Key.Shape), g.ruleOrNil(s.Value.Shape), hidden)
		}
		return nil
	}
	if keys {
		g.p("wire.MapKeys(v, p, %q, %s, &%s)", path, value, ruleName(s.Key.Shape))
	}
	if !values {
		return nil
	}
	g.p("for _, key := range wire.SortedKeys(%s) {\nat := p.Entry(%q, key)\nitem := %s[key]", value, path, value)
	switch element.Type {
	case "structure":
		g.p("item.validate(v, &at)")
	case "list": // requestItems.<key>.member.<position>.member
		g.p("p := &at")
		if err := g.writeListCheck(element, s.Value.Shape, "item", ""); err != nil {
			return err
		}
	default:
		return fmt.Errorf("constraints on a map of %s are not supported yet", element.Type)
	}
	g.p("}")
	return nil
}

func (g *generator) ruleOrNil(shape string) string {
	if !g.constrained(shape) {
		return "nil"
	}
	return "&" + ruleName(shape)
}
