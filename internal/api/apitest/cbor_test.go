package apitest

import (
	"reflect"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// asCBOR turns a tree into what the Java SDK would send: timestamps are milliseconds under tag 1.
func asCBOR(tree any) any {
	switch x := tree.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, v := range x {
			out[k] = asCBOR(v)
		}
		return out
	case []any:
		out := []any{}
		for _, v := range x {
			out = append(out, asCBOR(v))
		}
		return out
	case time.Time:
		return cbor.Tag{Number: 1, Content: x.UnixMilli()}
	}
	return tree
}

// fromCBOR turns what the judge decoded into a tree by the shape.
func (m *model) fromCBOR(t *testing.T, v any, name string) any {
	t.Helper()
	s := m.Shapes[name]
	switch s.Type {
	case "structure":
		out := map[string]any{}
		for k, item := range v.(map[string]any) {
			out[k] = m.fromCBOR(t, item, s.Members[k].Shape)
		}
		return out
	case "map":
		out := map[string]any{}
		for k, item := range v.(map[string]any) {
			out[k] = m.fromCBOR(t, item, s.Value.Shape)
		}
		return out
	case "list":
		out := []any{}
		for _, item := range v.([]any) {
			out = append(out, m.fromCBOR(t, item, s.Member.Shape))
		}
		return out
	case "integer", "long":
		return v.(int64)
	case "timestamp":
		return time.UnixMilli(v.(int64)).UTC()
	}
	return v
}

// indefinite rewrites every list, map and string of a document without lengths, as Jackson, the Java SDK's encoder, does.
func indefinite(t *testing.T, v any) []byte {
	t.Helper()
	switch x := v.(type) {
	case map[string]any:
		out := []byte{0xbf}
		for k, item := range x {
			out = append(append(out, indefinite(t, k)...), indefinite(t, item)...)
		}
		return append(out, 0xff)
	case []any:
		out := []byte{0x9f}
		for _, item := range x {
			out = append(out, indefinite(t, item)...)
		}
		return append(out, 0xff)
	case string:
		out := []byte{0x7f}
		for _, r := range x { // a piece must not end inside a character
			out = append(out, marshalCBOR(t, string(r))...)
		}
		return append(out, 0xff)
	case []byte:
		out := []byte{0x5f}
		for i := range x {
			out = append(out, marshalCBOR(t, x[i:i+1])...)
		}
		return append(out, 0xff)
	}
	return marshalCBOR(t, v)
}

func marshalCBOR(t *testing.T, v any) []byte {
	t.Helper()
	b, err := cbor.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestKinesisInCBOR(t *testing.T) {
	m := loadModel(t, "kinesis")
	judge, err := cbor.DecOptions{IntDec: cbor.IntDecConvertSignedOrFail, DefaultMapType: reflect.TypeFor[map[string]any]()}.DecMode()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range kinesisExchanges {
		op := m.Operations[x.name]
		want := m.tree(t, op.Input.Shape, true, 0)
		for form, body := range map[string][]byte{"definite": marshalCBOR(t, asCBOR(want)), "indefinite": indefinite(t, asCBOR(want))} {
			ours := x.newOutput()
			var wantOut any
			if op.Output != nil {
				wantOut = m.tree(t, op.Output.Shape, true, 0)
				fill(t, reflect.ValueOf(ours).Elem(), wantOut)
			}
			var got any
			served := x.op(func(in any) { got = in }, func() any { return ours })
			resp, err := served.Serve(t.Context(), &wire.Request{Encoding: wire.CBOR, Body: body})
			if err != nil {
				t.Errorf("%s, %s: %v", x.name, form, err)
				continue
			}
			if diff := cmp.Diff(want, m.read(t, reflect.ValueOf(got).Elem(), op.Input.Shape)); diff != "" {
				t.Errorf("%s, %s: input\n%s", x.name, form, diff)
			}
			if resp.ContentType != "application/x-amz-cbor-1.1" {
				t.Errorf("%s: content type %s", x.name, resp.ContentType)
			}
			if op.Output == nil {
				if len(resp.Body) != 0 {
					t.Errorf("%s: a body of %x without an output", x.name, resp.Body)
				}
				continue
			}
			var out any
			if err := judge.Unmarshal(resp.Body, &out); err != nil {
				t.Errorf("%s: the judge refuses %x: %v", x.name, resp.Body, err)
				continue
			}
			if diff := cmp.Diff(wantOut, m.fromCBOR(t, out, op.Output.Shape)); diff != "" {
				t.Errorf("%s: output\n%s", x.name, diff)
			}
		}
	}
}
