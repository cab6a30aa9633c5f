package item

import (
	"encoding/binary"
	"errors"
	"slices"
)

// ErrDamaged is what stored bytes are that no item was written as.
var ErrDamaged = errors.New("a stored item does not decode")

// stored gives each kind its byte. They are kept forever.
var stored = []Kind{String, Num, Binary, StringSet, NumberSet, BinarySet, Map, List, Bool, Null}

// Append appends the item as it is kept in storage: the number of attributes, then names and values, all with their lengths,
// sorted by name so that equal items have equal bytes.
func (it Item) Append(dst []byte) []byte {
	names := make([]string, 0, len(it))
	for name := range it {
		names = append(names, name)
	}
	slices.Sort(names)
	dst = binary.AppendUvarint(dst, uint64(len(names)))
	for _, name := range names {
		dst = appendText(dst, name)
		dst = it[name].append(dst)
	}
	return dst
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

func (v Value) append(dst []byte) []byte {
	dst = append(dst, byte(slices.Index(stored, v.Kind)))
	switch v.Kind {
	case Map:
		return v.Map.Append(dst)
	case List:
		dst = binary.AppendUvarint(dst, uint64(len(v.List)))
		for _, e := range v.List {
			dst = e.append(dst)
		}
		return dst
	case StringSet, NumberSet, BinarySet:
		dst = binary.AppendUvarint(dst, uint64(len(v.Set)))
		for _, m := range v.Set {
			dst = appendText(dst, m)
		}
		return dst
	case Bool:
		if v.Bool {
			return append(dst, 1)
		}
		return append(dst, 0)
	case Null:
		return dst
	}
	return appendText(dst, v.Text)
}

// Decode reads what Append wrote.
func Decode(data []byte) (Item, error) {
	d := decoder{rest: data}
	it := d.item(0)
	if d.bad || len(d.rest) > 0 {
		return nil, ErrDamaged
	}
	return it, nil
}

type decoder struct {
	rest []byte
	bad  bool
}

// count reads a number of things that take a byte each at the least.
func (d *decoder) count() int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > uint64(len(d.rest)-size) {
		d.bad, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *decoder) text() string {
	n := d.count()
	text := string(d.rest[:n])
	d.rest = d.rest[n:]
	return text
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.bad = true
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) item(level int) Item {
	n := d.count()
	it := make(Item, n)
	for range n {
		name := d.text()
		it[name] = d.value(level + 1)
		if d.bad {
			return nil
		}
	}
	return it
}

func (d *decoder) value(level int) (v Value) {
	kind := d.byte()
	if int(kind) >= len(stored) || level > nestingMax {
		d.bad = true
		return v
	}
	v.Kind = stored[kind]
	switch v.Kind {
	case Map:
		v.Map = d.item(level)
	case List:
		n := d.count()
		v.List = make([]Value, 0, n)
		for i := 0; i < n && !d.bad; i++ {
			v.List = append(v.List, d.value(level+1))
		}
	case StringSet, NumberSet, BinarySet:
		n := d.count()
		v.Set = make([]string, 0, n)
		for i := 0; i < n && !d.bad; i++ {
			v.Set = append(v.Set, d.text())
		}
	case Bool:
		v.Bool = d.byte() == 1
	case Null:
	default:
		v.Text = d.text()
	}
	return v
}
