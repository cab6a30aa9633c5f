package scenario

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// Schema returns the JSON Schema of scenario files, made of the same tags that files are read by.
func Schema() []byte {
	s := schemaOf(reflect.TypeFor[Scenario](), "")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["$id"] = "https://hookswitch.github.io/scenario.schema.json"
	s["title"] = "Hookswitch scenario"
	s["description"] = "A contact center and what happens to it; see hookswitch scenario --help."
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // maps, strings and numbers always encode
	}
	return append(b, '\n')
}

func schemaOf(t reflect.Type, tag reflect.StructTag) object {
	switch t {
	case reflect.TypeFor[Duration]():
		return object{"type": "string", "pattern": durationPattern}
	case reflect.TypeFor[Clock]():
		return object{"type": "string", "pattern": clockPattern}
	case reflect.TypeFor[Share]():
		return object{"type": "number", "minimum": 0, "maximum": 1}
	case reflect.TypeFor[Content]():
		return object{"type": []string{"object", "string"}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), tag)
	case reflect.Struct:
		return schemaOfFields(t)
	case reflect.Slice:
		s := object{"type": "array", "items": schemaOf(t.Elem(), tag), "maxItems": number(tag.Get("most"))}
		if tag.Get("need") != "" {
			s["minItems"] = 1
		}
		return s
	case reflect.Map:
		return object{"type": "object", "additionalProperties": object{"type": "string"}, "maxProperties": number(tag.Get("most"))}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int:
		return object{"type": "integer", "minimum": number(tag.Get("least")), "maximum": number(tag.Get("most"))}
	case reflect.Float64:
		return object{"type": "number", "minimum": number(tag.Get("least")), "maximum": number(tag.Get("most"))}
	}
	s := object{"type": "string"}
	if one := tag.Get("one"); one != "" {
		s["enum"] = strings.Fields(one)
	}
	if f, ok := forms[tag.Get("like")]; ok {
		s["pattern"] = f.pattern
	}
	return s
}

func schemaOfFields(t reflect.Type) object {
	properties, required := object{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		s := schemaOf(f.Type, f.Tag)
		s["description"] = f.Tag.Get("is")
		if usual, ok := f.Tag.Lookup("default"); ok {
			s["default"] = usual
			if _, text := s["type"].(string); text && s["type"] != "string" {
				s["default"] = json.RawMessage(usual)
			}
		}
		name := f.Tag.Get("yaml")
		properties[name] = s
		if f.Tag.Get("need") != "" {
			required = append(required, name)
		}
	}
	s := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func number(s string) json.Number {
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		panic("a tag without a bound: " + strconv.Quote(s)) // a mistake in scenario.go
	}
	return json.Number(s)
}
