package cloudwatch

import (
	"encoding/binary"
	"errors"
	"math"
)

// blockSlots is how many buckets, side by side in time, one record holds.
const blockSlots = 15

// A bucket is what a series was observed to be in one minute or second.
type bucket struct {
	count, sum, min, max float64
	spread               spread
}

// observe counts one value that came weight times.
func (b *bucket) observe(value, weight float64) {
	b.set(statistics{count: weight, sum: value * weight, min: value, max: value})
}

// statistics is a statistic set.
type statistics struct{ count, sum, min, max float64 }

// set counts a statistic set. Its values are known only where they were all the same.
func (b *bucket) set(s statistics) {
	switch {
	case b.count == 0:
		b.min, b.max = s.min, s.max
	default:
		b.min, b.max = min(b.min, s.min), max(b.max, s.max)
	}
	b.count += s.count
	b.sum += s.sum
	if s.min == s.max && s.sum == s.min*s.count {
		b.spread.add(s.min, s.count)
	} else {
		b.spread.lose()
	}
}

// join counts what o has counted.
func (b *bucket) join(o *bucket) {
	switch {
	case o.count == 0:
		return
	case b.count == 0:
		b.min, b.max = o.min, o.max
	default:
		b.min, b.max = min(b.min, o.min), max(b.max, o.max)
	}
	b.count += o.count
	b.sum += o.sum
	b.spread.join(&o.spread)
}

// A block is blockSlots buckets; nil where nothing was observed. Buckets of a block that was read are not changed.
type block [blockSlots]*bucket

// at returns the bucket of a slot, made if need be. It is for blocks under construction.
func (b *block) at(slot int) *bucket {
	if b[slot] == nil {
		b[slot] = &bucket{}
	}
	return b[slot]
}

// with returns b and more together, which share buckets with neither where both have one.
func (b *block) with(more *block) *block {
	both := *b
	for i, add := range more {
		if add == nil {
			continue
		}
		sum := &bucket{}
		if b[i] != nil {
			sum.join(b[i])
		}
		sum.join(add)
		sum.spread.settle(distinctMax)
		both[i] = sum
	}
	return &both
}

// The form of a block in storage: blockVersion, then for each bucket its slot, flags, the four numbers, and the values
// with their weights.
const (
	blockVersion = 1
	flagUnknown  = 0x80 // the rest of the flags is spread.coarse

	// blockBytesMax bounds a block: a batch of them fits one append.
	blockBytesMax = 1 + blockSlots*(2+4*8+binary.MaxVarintLen64+distinctMax*(8+1+8))
)

func (b *block) append(dst []byte) []byte {
	dst = append(dst, blockVersion)
	for slot, k := range b {
		if k == nil {
			continue
		}
		flags := k.spread.coarse
		if k.spread.unknown {
			flags |= flagUnknown
		}
		dst = append(dst, byte(slot), flags)
		for _, f := range [...]float64{k.count, k.sum, k.min, k.max} {
			dst = appendFloat(dst, f)
		}
		dst = binary.AppendUvarint(dst, uint64(len(k.spread.values)))
		for _, w := range k.spread.values {
			dst = appendFloat(dst, w.value)
			dst = appendWeight(dst, w.weight)
		}
	}
	return dst
}

func appendFloat(dst []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(dst, math.Float64bits(f))
}

// appendWeight writes 1 to 255, which most weights are, in one byte, and zero before all others.
func appendWeight(dst []byte, w float64) []byte {
	if n := byte(w); n > 0 && w < 256 && float64(n) == w {
		return append(dst, n)
	}
	return appendFloat(append(dst, 0), w)
}

var errBlock = errors.New("not a block of metrics")

func decodeBlock(data []byte) (*block, error) {
	if len(data) == 0 || data[0] != blockVersion {
		return nil, errBlock
	}
	b := new(block)
	r := blockReader{data: data[1:]}
	for len(r.data) > 0 {
		slot, flags := int(r.byte()), r.byte()
		if slot >= blockSlots || b[slot] != nil {
			return nil, errBlock
		}
		k := b.at(slot)
		k.count, k.sum, k.min, k.max = r.float(), r.float(), r.float(), r.float()
		k.spread.coarse, k.spread.unknown = flags&^flagUnknown, flags&flagUnknown != 0
		n, size := binary.Uvarint(r.data)
		if size <= 0 || n > distinctMax {
			return nil, errBlock
		}
		r.data = r.data[size:]
		if n > 0 {
			k.spread.values = make([]weighted, n)
		}
		for i := range k.spread.values {
			k.spread.values[i] = weighted{r.float(), r.weight()}
		}
		if r.short || !k.spread.sound() {
			return nil, errBlock
		}
	}
	return b, nil
}

// A blockReader takes numbers off data. After short, they are zeros.
type blockReader struct {
	data  []byte
	short bool
}

func (r *blockReader) byte() byte {
	if len(r.data) == 0 {
		r.short = true
		return 0
	}
	c := r.data[0]
	r.data = r.data[1:]
	return c
}

func (r *blockReader) float() float64 {
	if len(r.data) < 8 {
		r.data, r.short = nil, true
		return 0
	}
	f := math.Float64frombits(binary.BigEndian.Uint64(r.data))
	r.data = r.data[8:]
	return f
}

func (r *blockReader) weight() float64 {
	if n := r.byte(); n > 0 {
		return float64(n)
	}
	return r.float()
}
