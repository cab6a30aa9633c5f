package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"
)

// stripFile writes the model in the file from, without documentation, to the file to: one line an operation or shape.
func stripFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if strings.HasSuffix(from, ".gz") {
		r, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return err
		}
		if text, err = io.ReadAll(r); err != nil {
			return err
		}
	}
	out, err := strip(text)
	if err != nil {
		return err
	}
	return os.WriteFile(to, out, 0o644)
}

// strip removes every documentation text from a model. A member that happens to be called documentation is an object,
// not a text, and stays.
func strip(text []byte) ([]byte, error) {
	var top ordered[json.RawMessage]
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, err
	}
	out := []byte("{\n")
	for i, key := range top.keys {
		value, keep, err := stripValue(key, top.values[key])
		if err != nil {
			return nil, err
		}
		if !keep {
			continue
		}
		if i > 0 {
			out = append(out, ",\n"...)
		}
		name, _ := marshal(key)
		out = append(append(out, name...), ": "...)
		var lines ordered[json.RawMessage]
		if key != "operations" && key != "shapes" {
			out = append(out, value...)
			continue
		}
		if err := json.Unmarshal(value, &lines); err != nil {
			return nil, err
		}
		out = append(out, "{\n"...)
		for j, item := range lines.keys {
			if j > 0 {
				out = append(out, ",\n"...)
			}
			name, _ := marshal(item)
			out = append(append(append(append(out, "  "...), name...), ": "...), lines.values[item]...)
		}
		out = append(out, "\n}"...)
	}
	return append(out, "\n}\n"...), nil
}

// stripValue strips the value of the member key; keep is false when the member is a documentation text.
func stripValue(key string, value json.RawMessage) (stripped json.RawMessage, keep bool, err error) {
	value = bytes.TrimSpace(value)
	switch value[0] {
	case '"':
		if key == "documentation" {
			return nil, false, nil
		}
		var s string
		if err := json.Unmarshal(value, &s); err != nil {
			return nil, false, err
		}
		value, err = marshal(s)
		return value, true, err
	case '{':
		var o ordered[json.RawMessage]
		if err := json.Unmarshal(value, &o); err != nil {
			return nil, false, err
		}
		kept := ordered[json.RawMessage]{values: map[string]json.RawMessage{}}
		for _, k := range o.keys {
			v, keep, err := stripValue(k, o.values[k])
			if err != nil {
				return nil, false, err
			}
			if keep {
				kept.keys = append(kept.keys, k)
				kept.values[k] = v
			}
		}
		value, err = kept.MarshalJSON()
		return value, true, err
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return nil, false, err
		}
		for i := range list {
			if list[i], _, err = stripValue("", list[i]); err != nil {
				return nil, false, err
			}
		}
		value, err = marshal(list)
		return value, true, err
	}
	return value, true, nil
}
