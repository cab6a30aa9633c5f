package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/fxamacker/cbor/v2"
)

// note is an event of the tests.
type note struct{ text string }

func (n note) EventType() string { return "Note" }
func (n note) AppendEventJSON(dst []byte) []byte {
	return append(AppendJSONString(append(dst, `{"text":`...), n.text), '}')
}
func (n note) AppendEventCBOR(dst []byte) []byte {
	return CloseCBOR(AppendCBORString(AppendCBORString(OpenCBORMap(dst), "text"), n.text))
}

var streamService = &Service{Name: "kinesis", Protocol: AWSJSON11, CBOR: true, MessageKey: "message", InternalCode: "InternalFailure"}

// frame is a message as the official decoder reads it, its payload decoded.
type frame struct {
	kind, name, media string
	payload           map[string]any
}

// framesOf reads all frames with the official decoder, which checks both CRCs.
func framesOf(t *testing.T, b []byte) (list []frame) {
	t.Helper()
	d, r := eventstream.NewDecoder(), bytes.NewReader(b)
	for {
		m, err := d.Decode(r, nil)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("frame %d: %v", len(list)+1, err)
		}
		text := func(name string) string {
			v, ok := m.Headers.Get(name).(eventstream.StringValue)
			if !ok {
				return ""
			}
			return string(v)
		}
		f := frame{kind: text(":message-type"), name: text(":event-type") + text(":exception-type"), media: text(":content-type"), payload: map[string]any{}}
		if f.media == "application/x-amz-cbor-1.1" {
			err = cbor.Unmarshal(m.Payload, &f.payload)
		} else {
			d := NewJSONDecoder(m.Payload)
			for ok := d.BeginStructure(); ok && d.NextMember(); {
				f.payload[d.Key] = *d.String()
			}
			err = d.Err()
		}
		if err != nil {
			t.Fatalf("payload %x of frame %d: %v", m.Payload, len(list)+1, err)
		}
		list = append(list, f)
	}
}

// writes collects what is written, one a Write, and fails once n were.
type writes struct {
	bytes.Buffer
	n, max int
}

var errBroken = errors.New("connection broken")

func (w *writes) Write(b []byte) (int, error) {
	if w.n++; w.max > 0 && w.n > w.max {
		return 0, errBroken
	}
	return w.Buffer.Write(b)
}

func TestEventStream(t *testing.T) {
	odd := errors.New("disk on fire")
	inUse := NewError("ResourceInUseException", 400, "taken \"over\"")
	for _, c := range []struct {
		name    string
		enc     Encoding
		end     error
		want    frame
		wantErr error
	}{
		{name: "ends", enc: JSON},
		{name: "ends", enc: CBOR},
		{name: "modelled", enc: JSON, end: inUse, want: frame{"exception", "ResourceInUseException", "application/x-amz-json-1.1", map[string]any{"message": "taken \"over\""}}},
		{name: "modelled", enc: CBOR, end: inUse, want: frame{"exception", "ResourceInUseException", "application/x-amz-cbor-1.1", map[string]any{"message": "taken \"over\""}}},
		{name: "no message", enc: JSON, end: NewError("ResourceInUseException", 400, ""), want: frame{"exception", "ResourceInUseException", "application/x-amz-json-1.1", map[string]any{}}},
		{name: "internal", enc: JSON, end: odd, wantErr: odd, want: frame{"exception", "InternalFailureException", "application/x-amz-json-1.1", map[string]any{"message": "The subscription failed because of an internal error."}}},
	} {
		t.Run(c.name+" in "+string(c.enc), func(t *testing.T) {
			w := &writes{}
			body := streamBody(streamService, c.enc, []string{"ResourceInUseException", "InternalFailureException"}, func(_ context.Context, send func(Event) error) error {
				for _, text := range []string{"", "naïve \"quoted\""} {
					if err := send(note{text}); err != nil {
						return err
					}
				}
				return c.end
			})
			if err := body(t.Context(), w); !errors.Is(err, c.wantErr) || (err == nil) != (c.wantErr == nil) {
				t.Errorf("the body returns %v", err)
			}
			media := contentType(streamService, c.enc)
			want := []frame{
				{"event", "initial-response", media, map[string]any{}},
				{"event", "Note", media, map[string]any{"text": ""}},
				{"event", "Note", media, map[string]any{"text": "naïve \"quoted\""}},
			}
			if c.want.kind != "" {
				want = append(want, c.want)
			}
			got := framesOf(t, w.Bytes())
			if len(got) != len(want) || w.n != len(want) {
				t.Fatalf("%d frames in %d writes, want %d: %v", len(got), w.n, len(want), got)
			}
			for i := range want {
				if got[i].kind != want[i].kind || got[i].name != want[i].name || got[i].media != want[i].media || len(got[i].payload) != len(want[i].payload) {
					t.Errorf("frame %d is %v, want %v", i, got[i], want[i])
				}
				for k, v := range want[i].payload {
					if got[i].payload[k] != v {
						t.Errorf("frame %d is %v, want %v", i, got[i], want[i])
					}
				}
			}
		})
	}
}

// counted is an event that counts how often it is encoded.
type counted struct {
	note
	json, cbor *int
}

func (c counted) AppendEventJSON(dst []byte) []byte {
	*c.json++
	return c.note.AppendEventJSON(dst)
}

func (c counted) AppendEventCBOR(dst []byte) []byte {
	*c.cbor++
	return c.note.AppendEventCBOR(dst)
}

// TestSharedEvent sends one event on streams of both encodings: they carry what each would alone, encoded once each.
func TestSharedEvent(t *testing.T) {
	sent := func(enc Encoding, e Event) []byte {
		w := &writes{}
		if err := streamBody(streamService, enc, nil, func(_ context.Context, send func(Event) error) error { return send(e) })(t.Context(), w); err != nil || w.n != 2 {
			t.Fatalf("%v after %d writes", err, w.n)
		}
		return w.Bytes()
	}
	c := counted{note{"x"}, new(int), new(int)}
	shared := &SharedEvent{Event: c}
	for _, enc := range []Encoding{JSON, CBOR, JSON, CBOR} {
		if got, want := sent(enc, shared), sent(enc, note{"x"}); !bytes.Equal(got, want) {
			t.Errorf("%s: %q, want %q", enc, got, want)
		}
	}
	if *c.json != 1 || *c.cbor != 1 {
		t.Errorf("encoded %d times as JSON and %d times as CBOR", *c.json, *c.cbor)
	}
	w := &writes{max: 1}
	err := streamBody(streamService, JSON, []string{"InternalFailureException"}, func(_ context.Context, send func(Event) error) error { return send(shared) })(t.Context(), w)
	if !errors.Is(err, errBroken) || w.n != 2 {
		t.Errorf("%v after %d writes, want the connection's error and no exception", err, w.n)
	}
}

// TestEventStreamIsOverWhenTheConnectionIs checks that nothing is written after a failed write or the context's end.
func TestEventStreamIsOverWhenTheConnectionIs(t *testing.T) {
	for allowed := 1; allowed <= 2; allowed++ {
		w := &writes{max: allowed}
		body := streamBody(streamService, JSON, []string{"InternalFailureException"}, func(_ context.Context, send func(Event) error) error {
			for {
				if err := send(note{"x"}); err != nil {
					return err
				}
			}
		})
		if err := body(t.Context(), w); !errors.Is(err, errBroken) || w.n != allowed+1 {
			t.Errorf("%v after %d writes, want the connection's error after %d", err, w.n, allowed+1)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := &writes{}
	body := streamBody(streamService, JSON, []string{"InternalFailureException"}, func(ctx context.Context, _ func(Event) error) error {
		cancel()
		return ctx.Err()
	})
	if err := body(ctx, w); !errors.Is(err, context.Canceled) || w.n != 1 {
		t.Errorf("%v after %d writes, want only the initial response", err, w.n)
	}
}

func TestAppendFrameKeepsWhatIsThere(t *testing.T) {
	b := AppendFrame([]byte("before"), []string{":message-type", "event", ":event-type", "e"}, func(dst []byte) []byte { return append(dst, "{}"...) })
	if !bytes.HasPrefix(b, []byte("before")) {
		t.Fatalf("%q", b)
	}
	if got := framesOf(t, b[6:]); len(got) != 1 || got[0].name != "e" {
		t.Errorf("%v", got)
	}
}
