package kinesis

import (
	"encoding/base64"
	"testing"

	"pgregory.net/rapid"
)

func testSealer(t testing.TB) *sealer {
	s, err := sealerFrom(make([]byte, secretBytes))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestIteratorRoundTrip(t *testing.T) {
	s := testSealer(t)
	rapid.Check(t, func(rt *rapid.T) {
		in := iterator{
			made:  rapid.Int64().Draw(rt, "made"),
			id:    rapid.String().Draw(rt, "id"),
			key:   streamKey{rapid.String().Draw(rt, "account"), rapid.String().Draw(rt, "region"), rapid.String().Draw(rt, "name")},
			index: rapid.IntRange(0, 1<<31-1).Draw(rt, "index"),
			from:  rapid.Uint64().Draw(rt, "from"),
		}
		token := s.sealIterator(in)
		if b, err := base64.StdEncoding.DecodeString(token); err != nil || len(b) < 152 || (len(b)-152)%16 != 0 {
			rt.Fatalf("an iterator of %d bytes, want 152 and a multiple of 16", len(b))
		}
		if out, err := s.openIterator(token); err != nil || out != in {
			rt.Fatalf("sealed %+v, opened %+v, %v", in, out, err)
		}
		altered := []byte(token)
		altered[rapid.IntRange(0, len(altered)-1).Draw(rt, "place")] ^= 1 << rapid.IntRange(0, 6).Draw(rt, "bit")
		if out, err := s.openIterator(string(altered)); err == nil {
			rt.Fatalf("an altered token opens as %+v", out)
		}
	})
}

func FuzzOpenIterator(f *testing.F) {
	s := testSealer(f)
	f.Add(s.sealIterator(iterator{id: "x"}))
	f.Add(s.seal(tokenIterator, []byte("short")))
	f.Add(s.seal(tokenIterator, make([]byte, 40)))
	f.Add("AAAAAAAAAAE=")
	f.Fuzz(func(t *testing.T, token string) {
		if it, err := s.openIterator(token); err == nil && s.sealIterator(it) != token {
			t.Fatalf("%q opens as %+v, which seals as something else", token, it)
		}
	})
}
