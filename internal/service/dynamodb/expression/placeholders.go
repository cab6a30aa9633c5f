package expression

import (
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
)

// Bounds of an expression, as the service documents them.
const (
	bytesMax      = 4096    // bytes of an expression
	operatorsMax  = 300     // operators and functions in one expression
	valueBytesMax = 2 << 20 // bytes of all values and names of a request
)

// Placeholders are the names and values that the expressions of one request use. It remembers which were used.
type Placeholders struct {
	names  map[string]string
	values map[string]item.Value
	used   map[string]bool
}

// NewPlaceholders checks the maps of a request; nil ones were not given.
func NewPlaceholders(names map[string]string, values map[string]dynamodbapi.AttributeValue) (*Placeholders, error) {
	p := &Placeholders{names: names, used: map[string]bool{}}
	if names != nil && len(names) == 0 {
		return nil, item.Invalid("ExpressionAttributeNames must not be empty")
	}
	size := 0
	for _, key := range sorted(names) {
		if !holder(key, '#') {
			return nil, item.Invalid("ExpressionAttributeNames contains invalid key: Syntax error; key: \"%s\"", key)
		}
		size += len(key) + len(names[key])
	}
	if values == nil {
		return p, nil
	}
	if len(values) == 0 {
		return nil, item.Invalid("ExpressionAttributeValues must not be empty")
	}
	p.values = make(map[string]item.Value, len(values))
	for _, key := range sorted(values) {
		if !holder(key, ':') {
			return nil, item.Invalid("ExpressionAttributeValues contains invalid key: Syntax error; key: \"%s\"", key)
		}
	}
	for _, key := range sorted(values) {
		a := values[key]
		v, err := item.ValueFromAPI(&a)
		if err != nil {
			return nil, wrap("ExpressionAttributeValues contains invalid value: ", err, " for key "+key)
		}
		p.values[key] = v
		size += len(key) + v.Size()
	}
	if size > valueBytesMax {
		return nil, item.Invalid("Expression attribute names and values have exceeded the maximum allowed size of %d bytes", valueBytesMax)
	}
	return p, nil
}

func holder(key string, sign byte) bool {
	return len(key) > 1 && key[0] == sign && pass(key, 1) == len(key)
}

func sorted[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Unused refuses names and values that no expression used. It is asked once all were read.
func (p *Placeholders) Unused() error {
	unused := func(keys []string) []string {
		return slices.DeleteFunc(keys, func(key string) bool { return p.used[key] })
	}
	if keys := unused(sorted(p.names)); len(keys) > 0 {
		return item.Invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", strings.Join(keys, ", "))
	}
	if keys := unused(sorted(p.values)); len(keys) > 0 {
		return item.Invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", strings.Join(keys, ", "))
	}
	return nil
}
