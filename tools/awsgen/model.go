package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Model is the part of a botocore service-2.json that generation needs.
type Model struct {
	Metadata struct {
		APIVersion    string   `json:"apiVersion"`
		Protocol      string   `json:"protocol"`
		Protocols     []string `json:"protocols"` // all of them, the preferred one first
		JSONVersion   string   `json:"jsonVersion"`
		TargetPrefix  string   `json:"targetPrefix"`
		XMLNamespace  string   `json:"xmlNamespace"`
		SigningName   string   `json:"signingName"`
		EndpointName  string   `json:"endpointPrefix"`
		ServiceName   string   `json:"serviceFullName"`
		Abbreviation  string   `json:"serviceAbbreviation"`
		SignatureKind string   `json:"signatureVersion"`
	} `json:"metadata"`
	Operations ordered[Op]    `json:"operations"`
	Shapes     ordered[Shape] `json:"shapes"`
}

// Op is one operation of a model.
type Op struct {
	HTTP struct {
		Method       string `json:"method"`
		RequestURI   string `json:"requestUri"`
		ResponseCode int    `json:"responseCode"`
	} `json:"http"`
	Input  *Ref  `json:"input"`
	Output *Ref  `json:"output"`
	Errors []Ref `json:"errors"`
}

// Ref is a use of a shape, as a member or otherwise.
type Ref struct {
	Shape           string `json:"shape"`
	Location        string `json:"location"`
	LocationName    string `json:"locationName"`
	Flattened       bool   `json:"flattened"`
	JSONValue       bool   `json:"jsonvalue"`
	Streaming       bool   `json:"streaming"`
	TimestampFormat string `json:"timestampFormat"`
	Idempotency     bool   `json:"idempotencyToken"`
	EventPayload    bool   `json:"eventpayload"`
	EventHeader     bool   `json:"eventheader"`
}

// Shape is a type of a model.
type Shape struct {
	Type            string       `json:"type"`
	Members         ordered[Ref] `json:"members"`
	Required        []string     `json:"required"`
	Member          *Ref         `json:"member"`
	Key             *Ref         `json:"key"`
	Value           *Ref         `json:"value"`
	Min             *json.Number `json:"min"`
	Max             *json.Number `json:"max"`
	Pattern         string       `json:"pattern"`
	Enum            []string     `json:"enum"`
	Sensitive       bool         `json:"sensitive"`
	Exception       bool         `json:"exception"`
	Fault           bool         `json:"fault"`
	Flattened       bool         `json:"flattened"`
	Union           bool         `json:"union"`
	Document        bool         `json:"document"`
	EventStream     bool         `json:"eventstream"`
	Payload         string       `json:"payload"`
	TimestampFormat string       `json:"timestampFormat"`
	Error           struct {
		Code   string `json:"code"`
		Status int    `json:"httpStatusCode"`
	} `json:"error"`
}

// speaks reports whether protocol, in botocore's words, is one of the service's.
func (m *Model) speaks(protocol string) bool {
	return m.Metadata.Protocol == protocol || slices.Contains(m.Metadata.Protocols, protocol)
}

// The protocol of Smithy RPC in CBOR, as models call it.
const rpcCBOR = "smithy-rpc-v2-cbor"

// ordered is a JSON object that remembers the order of its members.
type ordered[T any] struct {
	keys   []string
	values map[string]T
}

// UnmarshalJSON reads an object.
func (o *ordered[T]) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("want an object, got %v: %w", t, err)
	}
	o.values = map[string]T{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value T
		if err := d.Decode(&value); err != nil {
			return fmt.Errorf("%v: %w", key, err)
		}
		name := key.(string)
		if _, twice := o.values[name]; !twice {
			o.keys = append(o.keys, name)
		}
		o.values[name] = value
	}
	return nil
}

// MarshalJSON writes the object in its order.
func (o ordered[T]) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, key := range o.keys {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := marshal(key)
		if err != nil {
			return nil, err
		}
		value, err := marshal(o.values[key])
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// marshal is json.Marshal without the escapes that only HTML needs.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// loadModel reads models/<name>.json and merges models/overlay/<name>.json into it.
func loadModel(models, name string) (*Model, error) {
	text, err := os.ReadFile(filepath.Join(models, name+".json"))
	if err != nil {
		return nil, err
	}
	extra, err := os.ReadFile(filepath.Join(models, "overlay", name+".json"))
	switch {
	case err == nil:
		if text, err = mergeOverlay(text, extra); err != nil {
			return nil, fmt.Errorf("overlay: %w", err)
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	m := new(Model)
	if err := json.Unmarshal(text, m); err != nil {
		return nil, err
	}
	return m, nil
}

// An overlayEntry is something that the model lacks. An overlay is a list of them.
type overlayEntry struct {
	Date   string          `json:"date"`   // when it was added
	Reason string          `json:"reason"` // why, and where the fact comes from
	Merge  json.RawMessage `json:"merge"`  // in the form of a model
}

// mergeOverlay adds what overlay says to model. It only adds: to contradict the model is an error.
func mergeOverlay(model, overlay []byte) ([]byte, error) {
	var entries []overlayEntry
	d := json.NewDecoder(bytes.NewReader(overlay))
	d.DisallowUnknownFields()
	if err := d.Decode(&entries); err != nil {
		return nil, err
	}
	for i, e := range entries {
		if e.Date == "" || e.Reason == "" || len(e.Merge) == 0 {
			return nil, fmt.Errorf("entry %d needs date, reason and merge", i)
		}
		var err error
		if model, err = mergeJSON(model, e.Merge); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i, err)
		}
	}
	return model, nil
}

// mergeJSON adds the members of extra to base: objects member by member, lists by the elements they lack.
func mergeJSON(base, extra json.RawMessage) (json.RawMessage, error) {
	var a, b ordered[json.RawMessage]
	if json.Unmarshal(base, &a) == nil && json.Unmarshal(extra, &b) == nil {
		for _, key := range b.keys {
			old, ok := a.values[key]
			if !ok {
				a.keys = append(a.keys, key)
				a.values[key] = b.values[key]
				continue
			}
			merged, err := mergeJSON(old, b.values[key])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			a.values[key] = merged
		}
		return a.MarshalJSON()
	}
	var list, more []json.RawMessage
	if json.Unmarshal(base, &list) == nil && json.Unmarshal(extra, &more) == nil {
		for _, element := range more {
			if !slices.ContainsFunc(list, func(e json.RawMessage) bool { return bytes.Equal(e, element) }) {
				list = append(list, element)
			}
		}
		return marshal(list)
	}
	if bytes.Equal(base, extra) {
		return base, nil
	}
	return nil, fmt.Errorf("model says %s, overlay %s", base, extra)
}

// loadOps reads models/<name>.ops: one operation a line; blank lines and lines that begin with # do not count.
func loadOps(models, name string, m *Model) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(models, name+".ops"))
	if err != nil {
		return nil, err
	}
	allowed := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		op := strings.TrimSpace(line)
		if op == "" || op[0] == '#' {
			continue
		}
		if _, ok := m.Operations.values[op]; !ok {
			return nil, fmt.Errorf("%s.ops: the model has no operation %q", name, op)
		}
		if allowed[op] {
			return nil, fmt.Errorf("%s.ops: %s is there twice", name, op)
		}
		allowed[op] = true
	}
	var ops []string // in the model's order
	for _, op := range m.Operations.keys {
		if allowed[op] {
			ops = append(ops, op)
		}
	}
	return ops, nil
}
