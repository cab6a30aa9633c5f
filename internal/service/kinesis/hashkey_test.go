package kinesis

import (
	"encoding/json"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func drawHashKey(t *rapid.T, label string) hashKey {
	return hashKey{rapid.Uint64().Draw(t, label+".hi"), rapid.Uint64().Draw(t, label+".lo")}
}

func TestHashRangesCoverTheSpaceExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20000).Draw(t, "shards")
		ranges := splitHashSpace(n)
		if len(ranges) != n {
			t.Fatalf("%d ranges, want %d", len(ranges), n)
		}
		var want hashKey
		for i, r := range ranges {
			if r.start != want {
				t.Fatalf("range %d of %d starts at %s, want %s", i, n, r.start, want)
			}
			if r.end.cmp(r.start) < 0 {
				t.Fatalf("range %d of %d ends before it starts", i, n)
			}
			want = r.end.next()
		}
		if want != (hashKey{}) {
			t.Fatalf("the last of %d ranges ends at %s", n, ranges[n-1].end)
		}
	})
}

func TestSplitHashSpaceIntoThree(t *testing.T) {
	if got, want := splitHashSpace(3)[0].end.String(), "113427455640312821154458202477256070484"; got != want {
		t.Errorf("first of three ends at %s, want %s", got, want)
	}
}

func TestHashKeyTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawHashKey(t, "k")
		if back, ok := parseHashKey(k.String()); !ok || back != k {
			t.Fatalf("parseHashKey(%s) = %v, %v", k, back, ok)
		}
		b, err := json.Marshal(k)
		var back hashKey
		if err != nil || json.Unmarshal(b, &back) != nil || back != k {
			t.Fatalf("%s does not survive JSON: %s, %v", k, b, err)
		}
		other := drawHashKey(t, "other")
		if got, want := k.cmp(other), k.big().Cmp(other.big()); got != want {
			t.Fatalf("%s cmp %s = %d, want %d", k, other, got, want)
		}
	})
}

func TestParseHashKeyRefuses(t *testing.T) {
	over := new(big.Int).Lsh(big.NewInt(1), 128).String()
	for _, s := range []string{"", "x", "-1", "1.0", over, "999999999999999999999999999999999999999"} {
		if k, ok := parseHashKey(s); ok {
			t.Errorf("parseHashKey(%q) = %s, want a refusal", s, k)
		}
	}
	var k hashKey
	for _, s := range []string{`"x"`, `1`} {
		if json.Unmarshal([]byte(s), &k) == nil {
			t.Errorf("hash key from JSON %s, want an error", s)
		}
	}
}

func TestHashPartitionKey(t *testing.T) {
	// MD5 of "a" is 0cc175b9c0f1b6a831c399e269772661.
	if got, want := hashPartitionKey("a"), (hashKey{0x0cc175b9c0f1b6a8, 0x31c399e269772661}); got != want {
		t.Errorf("hash of \"a\" = %x, want %x", got, want)
	}
}
