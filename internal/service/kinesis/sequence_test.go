package kinesis

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawSequence(t *rapid.T) sequenceNumber {
	return sequenceNumber{
		shardCreated: rapid.Int64Range(0, secondsMax-1).Draw(t, "created"),
		shardIndex:   rapid.IntRange(0, 1<<31-1).Draw(t, "index"),
		counter:      rapid.Uint64Range(0, counterEnd).Draw(t, "counter"),
		time:         rapid.Int64Range(0, secondsMax-1).Draw(t, "time"),
		version:      2,
	}
}

// hexForm builds the number from its hexadecimal digits, field by field as the layout's table names them.
func hexForm(n sequenceNumber) *big.Int {
	b := big.NewInt(2)
	put := func(v uint64, digits uint) { b.Lsh(b, 4*digits).Or(b, new(big.Int).SetUint64(v)) }
	put(uint64(n.shardCreated), 9)
	put(uint64(n.shardIndex)&15, 1)
	put(n.counter, 16)
	put(0, 2)
	put(uint64(n.time), 9)
	put(uint64(n.shardIndex), 8)
	put(2, 1)
	return b
}

func TestSequenceNumberRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawSequence(t)
		s := n.String()
		if want := hexForm(n).String(); s != want {
			t.Fatalf("%+v prints %s, want %s", n, s, want)
		}
		back, err := parseSequence(s)
		if err != nil || back != n {
			t.Fatalf("parse %s = %+v, %v; want %+v", s, back, err, n)
		}
	})
}

func TestSequenceNumbersOrderByCreationThenCounter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSequence(t), drawSequence(t)
		b.shardIndex = a.shardIndex
		if rapid.Bool().Draw(t, "same shard") {
			b.shardCreated = a.shardCreated
		}
		want := a.shardCreated < b.shardCreated || a.shardCreated == b.shardCreated && a.counter < b.counter
		if a.shardCreated == b.shardCreated && a.counter == b.counter {
			return
		}
		// All have as many digits, so comparing text compares numbers.
		if got := a.String() < b.String(); got != want {
			t.Fatalf("%s < %s is %v, want %v", a, b, got, want)
		}
	})
}

func TestParseSequence(t *testing.T) {
	valid := sequenceNumber{shardCreated: 1700000000, shardIndex: 3, counter: 7, time: 1700000009, version: 2}
	change := func(f func(n *big.Int)) string {
		n := hexForm(valid)
		f(n)
		return n.String()
	}
	power := func(bit uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), bit) }
	tests := []struct {
		name, in string
		version  int
		err      bool
	}{
		{name: "a number of the real service", in: "49590338271490256608559692538361571095921575989136588898", version: 2},
		{name: "zero is of the oldest format", in: "0", version: 0},
		{name: "below 2^129 is of the oldest format", in: power(128).String(), version: 0},
		{name: "2^129 is of none", in: power(129).String(), err: true},
		{name: "version 1", in: change(func(n *big.Int) { n.Sub(n, big.NewInt(1)) }), version: 1},
		{name: "version 3", in: change(func(n *big.Int) { n.Add(n, big.NewInt(1)) }), err: true},
		{name: "top bit of the counter", in: change(func(n *big.Int) { n.Add(n, power(80+63)) }), err: true},
		{name: "a middle byte that is not zero", in: change(func(n *big.Int) { n.Add(n, power(72)) }), err: true},
		{name: "index does not agree with its low bits", in: change(func(n *big.Int) { n.Add(n, power(4)) }), err: true},
		{name: "negative index", in: change(func(n *big.Int) { n.Add(n, power(35)) }), version: 2},
		{name: "oldest format, created too late", in: "26227199374822427428162556223570313216", err: true},
		{name: "shard created too late", in: change(func(n *big.Int) { n.Add(n, new(big.Int).Lsh(big.NewInt(secondsMax), 148)) }), err: true},
		{name: "more than 188 bits", in: change(func(n *big.Int) { n.Add(n, power(188)) }), err: true},
		{name: "longer than any", in: strings.Repeat("9", 129), err: true},
		{name: "57 digits that overflow", in: strings.Repeat("9", 57), err: true},
		{name: "not digits", in: "12a", err: true},
		{name: "empty", in: "", err: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, err := parseSequence(tt.in)
			if (err != nil) != tt.err || err == nil && n.version != tt.version {
				t.Errorf("parseSequence(%s) = %+v, %v; want version %d, error %v", tt.in, n, err, tt.version, tt.err)
			}
		})
	}
}

func FuzzParseSequence(f *testing.F) {
	f.Add("49590338271490256608559692538361571095921575989136588898")
	f.Add("0")
	f.Add(strings.Repeat("9", 57))
	f.Fuzz(func(t *testing.T, s string) {
		n, err := parseSequence(s)
		if err == nil && n.version == 2 && n.String() != strings.TrimLeft(s, "0") {
			t.Fatalf("%q parses as %+v, which prints %s", s, n, n)
		}
	})
}

func BenchmarkSequenceNumber(b *testing.B) {
	n := sequenceNumber{shardCreated: 1700000000, shardIndex: 3, counter: 7_000_000, time: 1700000009, version: 2}
	buf := make([]byte, 0, sequenceDigits)
	for b.Loop() {
		n.counter++
		buf = n.appendTo(buf[:0])
	}
}
