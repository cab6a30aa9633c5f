package dynamodb

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// Bounds of key attributes, as the service has them.
const (
	hashBytesMax  = 2048
	rangeBytesMax = 1024
)

// attribute is a key attribute and its kind: S, N or B.
type attribute struct {
	Name string
	Kind item.Kind
}

// keySchema is the key of a table or an index. Range.Name is "" when there is none.
type keySchema struct {
	Hash, Range attribute
}

// attributes lists the key's attributes.
func (k keySchema) attributes() []attribute {
	if k.Range.Name == "" {
		return []attribute{k.Hash}
	}
	return []attribute{k.Hash, k.Range}
}

// has says whether an attribute is part of the key.
func (k keySchema) has(name string) bool {
	return name == k.Hash.Name || name == k.Range.Name && name != ""
}

// Items of a table, and entries of an index, are kept in order of an id: 8 bytes of a hash of the partition key, so that
// partitions are spread and segments of a parallel scan are of one size; the partition key with its length; the sort key,
// whose zero bytes are followed by 0xff, and an end that is below all that could follow. Ids of an index go on with the id of the
// item in its table.
const (
	hashPrefixBytes = 8
	zeroMark        = 0xff
	rangeEnd        = "\x00\x01"
)

// partition returns what the ids of all items with a partition key begin with.
func partition(v item.Value) []byte {
	key := v.AppendOrdered(nil)
	sum := sha256.Sum256(key)
	dst := append(make([]byte, 0, len(key)+64), sum[:hashPrefixBytes]...)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(key)))
	return append(dst, key...)
}

// ranged appends a sort key without its end.
func ranged(dst []byte, v item.Value) []byte {
	for _, b := range v.AppendOrdered(nil) {
		if dst = append(dst, b); b == 0 {
			dst = append(dst, zeroMark)
		}
	}
	return dst
}

// id returns the id of an item by this key. The item has all its attributes.
func (k keySchema) id(it item.Item) string {
	dst := partition(it[k.Hash.Name])
	if k.Range.Name != "" {
		dst = ranged(dst, it[k.Range.Name])
	}
	return string(append(dst, rangeEnd...))
}

// entry returns the id of an item in an index with this key; false when the item does not belong there, since a key
// attribute is missing or of another kind (which only items have that were there before the index).
func (k keySchema) entry(it item.Item, id string) (string, bool) {
	for _, a := range k.attributes() {
		if v, ok := it[a.Name]; !ok || v.Kind != a.Kind {
			return "", false
		}
	}
	return k.id(it) + id, true
}

// storageKey is the key of an item's record in its table's log.
func storageKey(id string) string {
	sum := sha256.Sum256([]byte(id))
	return "i" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// A span is the ids from one on, up to but not including another; to "" means to the end.
type span struct{ from, to string }

// after returns the smallest text that is above all texts with a prefix; "" when there is none.
func after(prefix []byte) string {
	out := bytes.Clone(prefix)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] < 0xff {
			out[i]++
			return string(out[:i+1])
		}
	}
	return ""
}

// spanOf returns the ids with a partition key and a sort key that fulfils the test, if there is one.
func spanOf(hash item.Value, test *expression.KeyTest) span {
	begin := partition(hash)
	all := span{string(begin), after(begin)}
	if test == nil {
		return all
	}
	open := ranged(bytes.Clone(begin), test.Values[0])
	closed := append(bytes.Clone(open), rangeEnd...)
	switch test.Op {
	case "=":
		return span{string(closed), after(closed)}
	case "begins_with":
		return span{string(open), after(open)}
	case "<":
		return span{all.from, string(closed)}
	case "<=":
		return span{all.from, after(closed)}
	case ">":
		return span{after(closed), all.to}
	case ">=":
		return span{string(closed), all.to}
	case "between":
		high := append(ranged(bytes.Clone(begin), test.Values[1]), rangeEnd...)
		return span{string(closed), after(high)}
	}
	panic("no test of a sort key: " + test.Op)
}

// segmentSpan returns the ids of one segment of a parallel scan.
func segmentSpan(segment, total int32) span {
	at := func(n int32) string {
		if n == 0 || n == total {
			return ""
		}
		return string(binary.BigEndian.AppendUint64(nil, uint64(n)*(math.MaxUint64/uint64(total))))
	}
	return span{at(segment), at(segment + 1)}
}

// holds says whether an id lies in the span.
func (s span) holds(id string) bool { return id >= s.from && (s.to == "" || id < s.to) }

// checkKey refuses a key that is not exactly the schema's. The texts are the service's.
func (k keySchema) checkKey(key item.Item) error {
	attributes := k.attributes()
	if len(key) != len(attributes) {
		return errKeySchema()
	}
	for _, a := range attributes {
		v, ok := key[a.Name]
		if !ok || v.Kind != a.Kind {
			return errKeySchema()
		}
		if v.Kind != item.Num && v.Text == "" {
			return errEmptyKey(a, "were invalid:")
		}
	}
	return k.checkSize(key)
}

// checkItem refuses an item whose key attributes are not as the schema asks.
func (k keySchema) checkItem(it item.Item) error {
	for _, a := range k.attributes() {
		v, ok := it[a.Name]
		switch {
		case !ok:
			return item.Invalid("One or more parameter values were invalid: Missing the key %s in the item", a.Name)
		case v.Kind != a.Kind:
			return item.Invalid("One or more parameter values were invalid: Type mismatch for key %s expected: %s actual: %s", a.Name, a.Kind, v.Kind)
		case v.Kind != item.Num && v.Text == "":
			return errEmptyKey(a, "are not valid.")
		}
	}
	return k.checkSize(it)
}

func (k keySchema) checkSize(it item.Item) error {
	if v := it[k.Hash.Name]; v.Kind != item.Num && len(v.Text) > hashBytesMax {
		return item.Invalid("One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes")
	}
	if v := it[k.Range.Name]; k.Range.Name != "" && v.Kind != item.Num && len(v.Text) > rangeBytesMax {
		return item.Invalid("One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}

// keyOf returns the key attributes of an item.
func (k keySchema) keyOf(it item.Item) item.Item {
	key := item.Item{}
	for _, a := range k.attributes() {
		key[a.Name] = it[a.Name]
	}
	return key
}
