package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cborValue decodes the member "v" of a structure.
func cborValue[T any](b []byte, read func(*CBORDecoder) T) (T, error) {
	var got T
	d := NewCBORDecoder(b)
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

func TestCBORNumbersOfEveryWidth(t *testing.T) {
	for text, want := range map[string]int32{"07": 7, "1818": 24, "190100": 256, "1a00010000": 65536, "1bffffffffffffffff": math.MaxInt32,
		"26": -7, "3bffffffffffffffff": math.MinInt32, "f94700": 7, "fa40e00000": 7, "fb401f333333333333": 7, "f97c00": math.MaxInt32,
		"f97e00": 0, "f90001": 0, "f9c700": -7, "c107": 7} {
		got, err := cborValue(unhex(t, "a16176"+text), (*CBORDecoder).Int32)
		if err != nil || got == nil || *got != want {
			t.Errorf("%s: got %v %v, want %d", text, got, err, want)
		}
	}
	for _, h := range []uint16{0, 1, 0x3ff, 0x400, 0x3c00, 0x7bff, 0x7c00, 0x8001, 0xfbff, 0xfc00} {
		var want float64
		if err := cbor.Unmarshal([]byte{0xf9, byte(h >> 8), byte(h)}, &want); err != nil {
			t.Fatal(err)
		}
		if got := halfFloat(h); got != want {
			t.Errorf("half %#x: got %v, want %v", h, got, want)
		}
	}
}

func TestCBORTimestampsAreMilliseconds(t *testing.T) {
	const millis = 1459799926480
	want := time.UnixMilli(millis)
	whole, float := fmt.Sprintf("1b%016x", millis), fmt.Sprintf("fb%016x", math.Float64bits(millis))
	for _, text := range []string{whole, "c1" + whole, float} {
		got, err := cborValue(unhex(t, "a16176"+text), (*CBORDecoder).Timestamp)
		if err != nil || got == nil || !got.Equal(want) {
			t.Errorf("%s: got %v %v, want %v", text, got, err, want)
		}
	}
}

func TestCBORLengthsDefiniteAndNot(t *testing.T) {
	for text, want := range map[string]string{
		"a1617643010203": "\x01\x02\x03", "bf617643010203ff": "\x01\x02\x03", "bf61765f4101420203ffff": "\x01\x02\x03",
		"a17f617660ff40": "", "bf61765fffff": "", "a161766441414543": "\x00\x01\x02", // base64 text is taken as a blob too
	} {
		got, err := cborValue(unhex(t, text), (*CBORDecoder).Blob)
		if err != nil || got == nil || string(got) != want {
			t.Errorf("%s: got %q %v, want %q", text, got, err, want)
		}
	}
}

func TestCBORRubbish(t *testing.T) {
	for _, text := range []string{"", "a1", "a161", "a16176", "bf", "bf6176", "bf617601", "a1617601ff", "a1617661ff", "a16176 7f ff ff",
		"a16176 7f 6161", "a16176 7f 4161 ff", "a16176 5f 5f ff ff", "a10101", "a16176 1c", "a16176 ff", "bbffffffffffffffff6176",
		"a16176 9bffffffffffffffff01", "a16176 5bffffffffffffffff01", "a16176 f818", "a16176 7f61c361a9ff", "a16176 c1"} {
		d := NewCBORDecoder(unhex(t, text))
		if d.BeginStructure() {
			for d.NextMember() {
				d.Skip()
			}
		}
		if err := d.Err(); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", text, err)
		}
	}
	deep := append(bytes.Repeat([]byte{0x81}, depthMax+1), 1)
	if d := NewCBORDecoder(deep[1:]); func() error { d.Skip(); return d.Err() }() != nil {
		t.Errorf("%d deep: %v", depthMax, d.Err())
	}
	if d := NewCBORDecoder(deep); func() error { d.Skip(); return d.Err() }() == nil {
		t.Errorf("%d deep was accepted", depthMax+1)
	}
	if d := NewCBORDecoder(append(bytes.Repeat([]byte{0xc1}, depthMax+1), 1)); func() error { d.Skip(); return d.Err() }() == nil {
		t.Errorf("%d tags were accepted", depthMax+1)
	}
	if d := NewCBORDecoder(bytes.Repeat([]byte{0x9f}, 10<<20)); func() error { d.Skip(); return d.Err() }() == nil {
		t.Error("10 MiB of open lists were accepted")
	}
}

func TestJSONAsCBORAndBack(t *testing.T) {
	const text = `{"__type":"X","message":"é \"q\"","n":-7,"f":0.5,"b":true,"l":[1,{"a":null}],"o":{}}`
	b := AppendCBORRaw(nil, []byte(text))
	var judged map[string]any
	if err := cbor.Unmarshal(b, &judged); err != nil || judged["message"] != `é "q"` || judged["n"] != int64(-7) {
		t.Errorf("the judge reads %v, %v", judged, err)
	}
	d := NewCBORDecoder(b)
	if got := string(d.Raw()); got != text || d.Err() != nil {
		t.Errorf("got %s %v, want %s", got, d.Err(), text)
	}
}

func FuzzCBOR(f *testing.F) {
	for _, text := range accepted {
		f.Add(AppendCBORRaw(nil, []byte(text)))
	}
	for _, text := range []string{"bf61765f4101420203ffff", "a16176c11b00000153e2b33190", "a16176f97e00", "9fff", "f6", "f7", "f818", "f8ff", "c0c1c200", "f9"} {
		f.Add(unhex(f, text))
	}
	judge, err := cbor.DecOptions{MaxNestedLevels: 1000, MaxArrayElements: math.MaxInt32, MaxMapPairs: math.MaxInt32}.DecMode()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := NewCBORDecoder(b)
		d.Skip()
		if d.Err() == nil && judge.Wellformed(b) != nil {
			t.Fatalf("accepted %.400x, which the judge refuses: %v", b, judge.Wellformed(b))
		}
		for _, read := range []func(*CBORDecoder){
			func(d *CBORDecoder) { d.Raw() }, func(d *CBORDecoder) { d.String() }, func(d *CBORDecoder) { d.Int32() },
			func(d *CBORDecoder) { d.Int64() }, func(d *CBORDecoder) { d.Float64() }, func(d *CBORDecoder) { d.Bool() },
			func(d *CBORDecoder) { d.Blob() }, func(d *CBORDecoder) { d.Timestamp() },
		} {
			d := NewCBORDecoder(b)
			read(d)
			if d.Err() == nil && judge.Wellformed(b) != nil {
				t.Fatalf("accepted %.400x, which the judge refuses: %v", b, judge.Wellformed(b))
			}
		}
		d = NewCBORDecoder(b)
		if out := d.Raw(); d.Err() == nil && out != nil && !utf8.Valid(out) {
			t.Fatalf("%x became text that is none: %q", b, out)
		}
	})
}
