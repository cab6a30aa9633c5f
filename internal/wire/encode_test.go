package wire

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
)

func TestJSONStringsComeBack(t *testing.T) {
	for _, s := range []string{"", "plain", "é📞\u2028\u2029", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "<&>", "half\xffbyte", "\xed\xa0\x80", "tail\xc3"} {
		var got string
		if err := json.Unmarshal(AppendJSONString(nil, s), &got); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if want := strings.ToValidUTF8(s, "\uFFFD"); got != want && got != string([]rune(s)) {
			t.Errorf("%q came back as %q", s, got)
		}
		var inCBOR string
		if err := cbor.Unmarshal(AppendCBORString(nil, s), &inCBOR); err != nil {
			t.Errorf("%q in CBOR: %v", s, err)
		}
	}
}

// Kinesis answers whole seconds as integers and milliseconds with no more than three decimals.
func TestTimestampTexts(t *testing.T) {
	for want, at := range map[string]time.Time{
		"1459799926":     time.Unix(1459799926, 0),
		"1459799926.48":  time.Unix(1459799926, 480e6),
		"1459799926.001": time.Unix(1459799926, 1e6+999),
		"0":              time.Unix(0, 999999),
		"-1.5":           time.Unix(-2, 500e6),
		"-0.25":          time.Unix(-1, 750e6),
	} {
		if got := string(AppendJSONTime(nil, at)); got != want {
			t.Errorf("%v: got %s, want %s", at, got, want)
		}
	}
	if got := string(AppendJSONTimeISO(nil, time.Unix(1459799926, 480e6))); got != `"2016-04-04T19:58:46.48Z"` {
		t.Errorf("ISO: %s", got)
	}
	if got := string(AppendTimeISO(nil, time.Unix(1459799926, 999))); got != "2016-04-04T19:58:46Z" {
		t.Errorf("ISO: %s", got)
	}
}

func TestNumberTexts(t *testing.T) {
	for want, f := range map[string]float64{"0.5": 0.5, "-3": -3, "1e+21": 1e21, "1e-07": 1e-7, `"NaN"`: math.NaN(),
		`"Infinity"`: math.Inf(1), `"-Infinity"`: math.Inf(-1), "0": 0} {
		if got := string(AppendJSONFloat(nil, f)); got != want {
			t.Errorf("%v: got %s, want %s", f, got, want)
		}
	}
	for _, n := range []int64{0, 23, 24, 255, 256, 65535, 65536, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64, -1, -24, -25, math.MinInt64} {
		var got int64
		if err := cbor.Unmarshal(AppendCBORInt(nil, n), &got); err != nil || got != n {
			t.Errorf("%d in CBOR: %d %v", n, got, err)
		}
	}
	for _, f := range []float64{0, -0.5, math.MaxFloat64, math.Inf(-1)} {
		var got float64
		if err := cbor.Unmarshal(AppendCBORFloat(nil, f), &got); err != nil || got != f {
			t.Errorf("%v in CBOR: %v %v", f, got, err)
		}
	}
}

func TestXMLTextIsEscaped(t *testing.T) {
	for text, want := range map[string]string{"plain": "plain", "a<b>&'\"": "a&lt;b&gt;&amp;&#39;&#34;", "é": "é", "\x00": "\uFFFD"} {
		if got := string(AppendXMLText(nil, text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// echo is an operation written by hand in the manner of the generated ones: its input and output are one string.
type echo struct{ S *string }

func echoCodec() *Codec[echo, echo] {
	return &Codec[echo, echo]{
		DecodeJSON: func(x *echo, d *JSONDecoder) {
			if d.BeginStructure() {
				for d.NextMember() {
					x.S = d.String()
				}
			}
		},
		EncodeJSON: func(x *echo, dst []byte) []byte {
			dst = append(dst, '{')
			if x.S != nil {
				dst = AppendJSONString(append(dst, `"S":`...), *x.S)
			}
			return CloseJSON(dst, '}')
		},
	}
}

func TestBind(t *testing.T) {
	svc := &Service{Protocol: AWSJSON11, SerializationCode: "SerializationException"}
	op := Bind(svc, OperationModel{Name: "Echo", Status: 200}, echoCodec(), func(_ context.Context, in *echo) (*echo, error) {
		if in.S != nil && *in.S == "fail" {
			return nil, context.Canceled
		}
		if in.S != nil && *in.S == "nothing" {
			return nil, nil
		}
		return in, nil
	})
	for body, want := range map[string]string{`{"S":"x"}`: `{"S":"x"}`, `{"S":"nothing"}`: `{}`, ``: `{}`, `{}`: `{}`} {
		resp, err := op.Serve(t.Context(), &Request{Encoding: JSON, Body: []byte(body)})
		if err != nil || string(resp.Body) != want || resp.Status != 200 || resp.ContentType != "application/x-amz-json-1.1" {
			t.Errorf("%s: %+v %v, want %s", body, resp, err, want)
			continue
		}
		resp.Release()
	}
	if _, err := op.Serve(t.Context(), &Request{Encoding: JSON, Body: []byte(`{"S":"fail"}`)}); !errors.Is(err, context.Canceled) {
		t.Errorf("the function's error became %v", err)
	}
	var e Error
	if _, err := op.Serve(t.Context(), &Request{Encoding: CBOR, Body: []byte{0xa0}}); !errors.As(err, &e) || e.ErrorCode() != "SerializationException" {
		t.Errorf("CBOR to a service that has none: %v", err)
	}
	svc.BodyRequired = true
	if _, err := op.Serve(t.Context(), &Request{Encoding: JSON}); !errors.As(err, &e) || e.ErrorCode() != "SerializationException" {
		t.Errorf("an empty body where one is required: %v", err)
	}
}

// An answer that was released may serve another; one that was not must stay as it is.
func TestReleasedBodiesAreReusedAndOthersAreNot(t *testing.T) {
	op := Bind(&Service{Protocol: AWSJSON11}, OperationModel{Status: 200}, echoCodec(),
		func(_ context.Context, in *echo) (*echo, error) { return in, nil })
	serve := func(s string) *Response {
		if _, err := op.Serve(t.Context(), &Request{Encoding: JSON, Body: AppendJSONString([]byte(`{"S":`), s)}); err == nil {
			t.Fatal("unfinished JSON was accepted")
		}
		resp, err := op.Serve(t.Context(), &Request{Encoding: JSON, Body: append(AppendJSONString([]byte(`{"S":`), s), '}')})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
	kept := serve("kept")
	for range 100 {
		serve("other").Release()
	}
	if got := string(kept.Body); got != `{"S":"kept"}` {
		t.Errorf("an answer in use became %s", got)
	}
	serve(strings.Repeat("x", bodyKeptMax+1)).Release()
	for range 100 {
		if resp := serve("small"); cap(resp.Body) > bodyKeptMax {
			t.Fatalf("kept %d bytes", cap(resp.Body))
		}
	}
	// Large answers keep their memory through collections, a few of them.
	large := strings.Repeat("x", 2*bodyLarge)
	serve(large)
	first := serve(large)
	at := &first.Body[0]
	first.Release()
	runtime.GC()
	runtime.GC()
	if again := serve(large); &again.Body[0] != at {
		t.Error("the memory of a large answer was lost")
	}
	for range 2 * bodiesKeptMost {
		defer serve(large).Release()
	}
	if n := len(largeBodies); n > bodiesKeptMost {
		t.Errorf("%d large ones are kept", n)
	}
}

func TestWellFormed(t *testing.T) {
	for body, want := range map[string]bool{"{}": true, `{"a":[1]}`: true, "": false, "[]": false, `"a"`: false, "{": false, "{}x": false, "null": false} {
		if got := WellFormed(JSON, []byte(body)); got != want {
			t.Errorf("JSON %q: %v", body, got)
		}
	}
	for body, want := range map[string]bool{"\xa0": true, "\xbf\xff": true, "": false, "\x80": false, "\xa1": false, "\xa0\x00": false} {
		if got := WellFormed(CBOR, []byte(body)); got != want {
			t.Errorf("CBOR %x: %v", body, got)
		}
	}
}
