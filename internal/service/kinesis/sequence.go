package kinesis

import (
	"errors"
	"math/bits"
)

// A sequence number is a 188-bit number printed in decimal, 56 digits. From the top bit down:
//
//	 4 bits  2
//	36       creation of the shard, seconds since the epoch
//	 4       low bits of the shard's index
//	64       counter; the top bit is 0
//	 8       0
//	36       time of the record, seconds since the epoch
//	32       index of the shard
//	 4       version, 2
//
// (Layout checked against numbers from the real service.) The counter is the record's sequence number in the storage
// log, so a position is decoded, never looked up. Logs give rising numbers, so counters rise strictly in a shard.
type sequenceNumber struct {
	shardCreated int64 // seconds
	shardIndex   int
	counter      uint64
	time         int64 // seconds
	version      int   // 2 is the current one; 1 and 0 are formats of the past, which carry no position for us
}

const (
	// counterEnd is the counter of a shard's EndingSequenceNumber: no record has it.
	counterEnd = 1<<63 - 1
	// secondsMax bounds both times in a sequence number; the real service refuses what is not below it.
	secondsMax = 16025175000
	// sequenceDigits is the length of every number of version 2.
	sequenceDigits = 56

	seconds36 = 1<<36 - 1
	ten19     = 1e19 // the largest power of ten in 64 bits
)

// appendTo appends the decimal form of n, which must be of version 2.
func (n sequenceNumber) appendTo(dst []byte) []byte {
	index, created, at := uint64(uint32(n.shardIndex)), uint64(n.shardCreated)&seconds36, uint64(n.time)&seconds36
	lo := uint64(2) | index<<4 | at<<36
	mid := at>>28 | n.counter<<16
	hi := n.counter>>48 | (index&15)<<16 | created<<20 | 2<<56

	// Divide by 10^19 twice: 18, 19 and 19 digits are left. What goes in on top (hi < 2^60, q1 < 2^61) is below 10^19,
	// so no quotient overflows.
	q1, r := bits.Div64(hi, mid, ten19)
	q0, low := bits.Div64(r, lo, ten19)
	high, middle := bits.Div64(q1, q0, ten19)

	start := len(dst)
	dst = append(dst, make([]byte, sequenceDigits)...)
	out := dst[start:]
	digits(out[:18], high)
	digits(out[18:37], middle)
	digits(out[37:], low)
	return dst
}

// digits fills dst with the decimal digits of v, zeros in front.
func digits(dst []byte, v uint64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
}

func (n sequenceNumber) String() string { return string(n.appendTo(make([]byte, 0, sequenceDigits))) }

var errSequence = errors.New("not a sequence number")

// parseSequence takes a sequence number apart. The old formats are parsed to be refused in the service's words.
func parseSequence(s string) (sequenceNumber, error) {
	if s == "" || len(s) > sequenceDigits+1 {
		return sequenceNumber{}, errSequence
	}
	var hi, mid, lo uint64
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return sequenceNumber{}, errSequence
		}
		var c1, c2, c3, over uint64
		c1, lo = bits.Mul64(lo, 10)
		c2, mid = bits.Mul64(mid, 10)
		c3, hi = bits.Mul64(hi, 10)
		lo, over = bits.Add64(lo, uint64(d), 0)
		mid, over = bits.Add64(mid, c1, over)
		hi, over = bits.Add64(hi, c2, over)
		if c3 != 0 || over != 0 {
			return sequenceNumber{}, errSequence
		}
	}
	if hi < 2 { // below 2^129
		n := sequenceNumber{version: 0, shardCreated: int64(mid >> 24 & seconds36), shardIndex: int(lo & 0xffff)}
		if n.shardCreated >= secondsMax {
			return n, errSequence
		}
		return n, nil
	}
	if hi>>56 != 2 {
		return sequenceNumber{}, errSequence
	}
	n := sequenceNumber{
		version:      int(lo & 15),
		shardIndex:   int(int32(uint32(lo >> 4))), // a negative one is no shard's, but parses
		time:         int64(lo>>36 | mid&0xff<<28),
		counter:      mid>>16 | hi&0xffff<<48,
		shardCreated: int64(hi >> 20 & seconds36),
	}
	switch {
	case n.version != 2 && n.version != 1,
		n.shardCreated >= secondsMax:
		return sequenceNumber{}, errSequence
	case n.version == 1:
		return sequenceNumber{version: 1, shardIndex: n.shardIndex, shardCreated: n.shardCreated, time: int64(mid>>36 | hi&0xff<<28)}, nil
	case mid>>8&0xff != 0,
		n.counter > counterEnd,
		uint64(n.shardIndex)&15 != hi>>16&15,
		n.time >= secondsMax:
		return sequenceNumber{}, errSequence
	}
	return n, nil
}
