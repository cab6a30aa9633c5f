package kinesis

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"math/bits"
)

// hashKey is a place in the hash key space, 0 to 2^128-1. Shards own ranges of it.
type hashKey struct{ hi, lo uint64 }

// hashKeyMax is the end of the hash key space.
var hashKeyMax = hashKey{1<<64 - 1, 1<<64 - 1}

// hashPartitionKey returns the hash key of a partition key: the MD5 of its UTF-8 bytes, read as a big-endian number.
func hashPartitionKey(partitionKey string) hashKey {
	// A partition key has at most 256 characters, so this buffer, which stays on the stack, holds all but the longest.
	var buf [256]byte
	sum := md5.Sum(append(buf[:0], partitionKey...))
	return hashKey{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:])}
}

// parseHashKey reads a decimal number. ok is false when s is not one or is 2^128 or more.
func parseHashKey(s string) (k hashKey, ok bool) {
	if s == "" {
		return k, false
	}
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return k, false
		}
		over, hi10 := bits.Mul64(k.hi, 10)
		carryLo, lo10 := bits.Mul64(k.lo, 10)
		lo, c := bits.Add64(lo10, uint64(d), 0)
		hi, c2 := bits.Add64(hi10, carryLo, c)
		if over != 0 || c2 != 0 {
			return k, false
		}
		k = hashKey{hi, lo}
	}
	return k, true
}

// cmp returns -1, 0 or 1 as k is before, at or after other.
func (k hashKey) cmp(other hashKey) int {
	switch {
	case k.hi != other.hi && k.hi < other.hi, k.hi == other.hi && k.lo < other.lo:
		return -1
	case k == other:
		return 0
	}
	return 1
}

// next returns the hash key after k; the space is a circle, so that of the last one is 0.
func (k hashKey) next() hashKey {
	lo, carry := bits.Add64(k.lo, 1, 0)
	return hashKey{k.hi + carry, lo}
}

// previous returns the hash key before k; that of 0 is the last one.
func (k hashKey) previous() hashKey {
	lo, borrow := bits.Sub64(k.lo, 1, 0)
	return hashKey{k.hi - borrow, lo}
}

func (k hashKey) big() *big.Int {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], k.hi)
	binary.BigEndian.PutUint64(b[8:], k.lo)
	return new(big.Int).SetBytes(b[:])
}

// String returns the decimal form that the API uses.
func (k hashKey) String() string { return k.big().String() }

// MarshalJSON writes the decimal form as a string.
func (k hashKey) MarshalJSON() ([]byte, error) { return []byte(`"` + k.String() + `"`), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (k *hashKey) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	parsed, ok := parseHashKey(s)
	if !ok {
		return fmt.Errorf("%q is not a hash key", s)
	}
	*k = parsed
	return nil
}

// hashRange is a range of hash keys; both ends belong to it.
type hashRange struct{ start, end hashKey }

// splitHashSpace divides the space into n ranges of equal width (the last takes the rest), in order, as CreateStream
// does.
func splitHashSpace(n int) []hashRange {
	width := new(big.Int).Lsh(big.NewInt(1), 128)
	width.Div(width, big.NewInt(int64(n)))
	ranges := make([]hashRange, n)
	var start big.Int
	for i := range ranges {
		ranges[i].start = hashKeyOf(&start)
		start.Add(&start, width)
		if i > 0 {
			end := new(big.Int).Sub(ranges[i].start.big(), big.NewInt(1))
			ranges[i-1].end = hashKeyOf(end)
		}
	}
	ranges[n-1].end = hashKeyMax
	return ranges
}

func hashKeyOf(n *big.Int) hashKey {
	var b [16]byte
	n.FillBytes(b[:])
	return hashKey{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}
