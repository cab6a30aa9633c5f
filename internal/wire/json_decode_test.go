package wire

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// accepted is JSON that both we and encoding/json take.
var accepted = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":{"b":[1,2,{"c":null}]}}`, `{"a":"\u00e9\ud83d\udcde\n\/"}`, `{"a":-0.5e+10}`,
	`{"a":true,"b":false,"c":null}`, `{"a":"é"}`, `{"a":[],"a":{}}`, `{"":""}`, `{"a":"\ud800"}`, `{"a":0}`, "{\"a\":\"\x7f\"}",
}

// rubbish is what encoding/json refuses, and so must we.
var rubbish = []string{
	``, ` `, `{`, `}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a":1 "b":2}`, `{a:1}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`,
	`{"a":1e}`, `{"a":+1}`, `{"a":-}`, `{"a":tru}`, `{"a":nul}`, `{"a":NaN}`, `{"a":"`, `{"a":"\`, `{"a":"\"`, `{"a":"\x41"}`,
	`{"a":"\u12"}`, `{"a":"\u12G4"}`, "{\"a\":\"\n\"}", "{\"a\":\"0123456789\x01\"}", `{"a":[1,]}`, `{"a":[1 2]}`, `{"a":[}`,
	`{"a":1}}`, `{"a":1}{}`, `{"a":1} x`, `{"a":[1}`, `{"a":1]`, `{1:2}`, "\xef\xbb\xbf{}", `{"a":'b'}`, `{"a":1/2}`, `/**/{}`,
}

func skipAll(text string) error {
	d := NewJSONDecoder([]byte(text))
	d.Skip()
	return d.Err()
}

func TestJSONAcceptsAndRefusesWhatEncodingJSONDoes(t *testing.T) {
	for _, text := range accepted {
		if !json.Valid([]byte(text)) {
			t.Fatalf("encoding/json refuses %q", text)
		}
		if err := skipAll(text); err != nil {
			t.Errorf("refused %q: %v", text, err)
		}
	}
	for _, text := range rubbish {
		if json.Valid([]byte(text)) {
			t.Fatalf("encoding/json accepts %q", text)
		}
		if err := skipAll(text); !errors.Is(err, ErrMalformed) {
			t.Errorf("accepted %q: %v", text, err)
		}
	}
}

func TestJSONRefusesInvalidUTF8(t *testing.T) {
	for _, text := range []string{"{\"a\":\"\xff\"}", "{\"\xc3\":1}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\\n\xff\"}"} {
		if err := skipAll(text); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v, want ErrMalformed", text, err)
		}
	}
}

func TestJSONDepthIsBounded(t *testing.T) {
	for _, open := range []string{"[", `{"a":`} {
		shut := map[string]string{"[": "]", `{"a":`: "}"}[open]
		nested := func(n int) string {
			text := strings.Repeat(open, n) + strings.Repeat(shut, n)
			return strings.Replace(text, open+shut, open+"1"+shut, 1)
		}
		if err := skipAll(nested(depthMax)); err != nil {
			t.Errorf("%s %d deep: %v", open, depthMax, err)
		}
		if err := skipAll(nested(depthMax + 1)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s %d deep: %v, want ErrMalformed", open, depthMax+1, err)
		}
	}
	if err := skipAll(strings.Repeat("[", 10<<20)); !errors.Is(err, ErrMalformed) {
		t.Errorf("10 MiB of brackets: %v", err)
	}
}

func TestItemsAreBounded(t *testing.T) {
	count := func(n int) (int, error) {
		d := NewJSONDecoder([]byte("[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]"))
		items := 0
		d.BeginList()
		for d.NextElement() {
			d.Skip()
			items++
		}
		return items, d.Err()
	}
	if n, err := count(itemsMax); n != itemsMax || err != nil {
		t.Errorf("%d items: got %d, %v", itemsMax, n, err)
	}
	if n, err := count(itemsMax + 1); n != itemsMax || !errors.Is(err, ErrMalformed) {
		t.Errorf("%d items: got %d, %v", itemsMax+1, n, err)
	}
	d := NewCBORDecoder(append([]byte{0x9f}, make([]byte, itemsMax+1)...))
	d.BeginList()
	for d.NextElement() {
		d.Skip()
	}
	if err := d.Err(); !errors.Is(err, ErrMalformed) {
		t.Errorf("CBOR: %v", err)
	}
}

// value decodes the member "v" of text with read.
func value[T any](text string, read func(*JSONDecoder) T) (T, error) {
	var got T
	d := NewJSONDecoder([]byte(text))
	if d.BeginStructure() {
		for d.NextMember() {
			if d.Key == "v" {
				got = read(d)
			} else {
				d.Skip()
			}
		}
	}
	return got, d.Err()
}

func TestStringsResolveEscapes(t *testing.T) {
	for _, text := range []string{`{"v":""}`, `{"v":"plain"}`, `{"v":"\"\\\/\b\f\n\r\t"}`, `{"v":"\u0041\u00e9\u20ac"}`,
		`{"v":"\ud83d\udcde"}`, `{"v":"\ud83d"}`, `{"v":"\ud83dx"}`, `{"v":"\udcde\ud83d"}`, `{"v":"\ud83d\u0041"}`, `{"v":"é📞"}`,
		`{"v":"twice","v":"wins"}`, `{"\u0076":"key"}`, `{"v":"ends\\"}`} {
		var want struct{ V string }
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		got, err := value(text, (*JSONDecoder).String)
		if err != nil || got == nil || *got != want.V {
			t.Errorf("%s: got %v %v, want %q", text, got, err, want.V)
		}
	}
}

func TestIntegersAreCutOffAndClamped(t *testing.T) {
	for text, want := range map[string]int32{"7": 7, "-7": -7, "7.9": 7, "-7.9": -7, "1e3": 1000, "2147483648": math.MaxInt32,
		"-2147483649": math.MinInt32, "1e999": math.MaxInt32, "99999999999999999999": math.MaxInt32, "-0": 0} {
		got, err := value(`{"v":`+text+`}`, (*JSONDecoder).Int32)
		if err != nil || got == nil || *got != want {
			t.Errorf("%s: got %v %v, want %d", text, got, err, want)
		}
	}
	long, err := value(`{"v":9223372036854775807}`, (*JSONDecoder).Int64)
	if err != nil || *long != math.MaxInt64 {
		t.Errorf("long: %v %v", long, err)
	}
}

func TestTimestampsAreExact(t *testing.T) {
	for text, want := range map[string]time.Time{
		"1459799926":             time.Unix(1459799926, 0),
		"1459799926.48":          time.Unix(1459799926, 480e6),
		"1459799926.123456789":   time.Unix(1459799926, 123456789),
		"1459799926.12345678999": time.Unix(1459799926, 123456789),
		"-1.5":                   time.Unix(-1, -500e6),
		"-0.5":                   time.Unix(0, -500e6),
		"1.459799926e9":          time.Unix(1459799926, 0),
		"1e300":                  time.Unix(epochSecondsMax, 0),
		"-999999999999999999999": time.Unix(-epochSecondsMax, 0),
	} {
		got, err := value(`{"v":`+text+`}`, (*JSONDecoder).Timestamp)
		if err != nil || got == nil || !got.Equal(want) {
			t.Errorf("%s: got %v %v, want %v", text, got, err, want)
		}
	}
}

func TestBlobs(t *testing.T) {
	for text, want := range map[string]string{"": "", "AA==": "\x00", "AAE=": "\x00\x01", "AAEC": "\x00\x01\x02", `\u0041AEC`: "\x00\x01\x02"} {
		got, err := value(`{"v":"`+text+`"}`, (*JSONDecoder).Blob)
		if err != nil || got == nil || string(got) != want {
			t.Errorf("%s: got %q %v, want %q", text, got, err, want)
		}
	}
	// Many blobs share memory; none may see its neighbours.
	d := NewJSONDecoder([]byte(`["AAEC","AAEC","/////w=="]`))
	var all [][]byte
	d.BeginList()
	for d.NextElement() {
		all = append(all, d.Blob())
	}
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
	_ = append(all[0], 'x')
	if string(all[1]) != "\x00\x01\x02" || string(all[2]) != "\xff\xff\xff\xff" {
		t.Errorf("blobs overlap: %q", all)
	}
}

func TestMalformedComesBeforeMistyped(t *testing.T) {
	if _, err := value(`{"v":7,"w":`, (*JSONDecoder).String); !errors.Is(err, ErrMalformed) {
		t.Errorf("got %v, want ErrMalformed", err)
	}
	var typed *TypeError
	if _, err := value(`{"v":7,"w":8}`, (*JSONDecoder).String); !errors.As(err, &typed) {
		t.Errorf("got %v, want a TypeError", err)
	}
}

func TestNullIsAbsentButNotInListsAndMaps(t *testing.T) {
	got, err := value(`{"v":null}`, (*JSONDecoder).String)
	if got != nil || err != nil {
		t.Errorf("member: %v %v", got, err)
	}
	var typed *TypeError
	d := NewJSONDecoder([]byte(`["a",null]`))
	d.BeginList()
	for d.NextElement() {
		d.Text()
	}
	if !errors.As(d.Err(), &typed) {
		t.Errorf("list: %v", d.Err())
	}
	d = NewJSONDecoder([]byte(`{"a":null}`))
	d.BeginMap()
	for d.NextEntry() {
		d.Text()
	}
	if !errors.As(d.Err(), &typed) {
		t.Errorf("map: %v", d.Err())
	}
}

// anything decodes one value of any kind with the typed methods, as generated code would, into what encoding/json
// makes of it.
func anything(d *JSONDecoder) any {
	switch d.peek() {
	case kindStructure:
		out := map[string]any{}
		if d.BeginMap() {
			for d.NextMember() {
				key := d.Key
				out[key] = anything(d)
			}
		}
		return out
	case kindList:
		out := []any{}
		if d.BeginList() {
			for d.separated(']') {
				out = append(out, anything(d))
			}
		}
		return out
	case kindString:
		s, _ := d.Text()
		return s
	case kindNumber:
		if f := d.Float64(); f != nil {
			return *f
		}
		return nil
	case kindBoolean:
		if b := d.Bool(); b != nil {
			return *b
		}
		return nil
	}
	d.Skip()
	return nil
}

func FuzzJSON(f *testing.F) {
	for _, text := range append(accepted, rubbish...) {
		f.Add([]byte(text))
	}
	f.Add([]byte(`[1e999]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d := NewJSONDecoder(text)
		got := anything(d)
		err := d.Err()
		var want any
		judge := json.Unmarshal(text, &want)
		if err == nil && judge != nil {
			t.Fatalf("accepted %q, which encoding/json refuses: %v", text, judge)
		}
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
		if err != nil && judge == nil && utf8.Valid(text) && strings.Count(string(text), "[")+strings.Count(string(text), "{") <= depthMax {
			t.Fatalf("refused %q, which encoding/json accepts: %v", text, err)
		}
	})
}
