package dynamodb

import (
	"context"
	"errors"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/expression"
	"github.com/hookswitch/hookswitch/internal/service/dynamodb/item"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Bounds of what one Query or Scan looks at.
const (
	pageBytesMax = 1 << 20
	idsAtOnce    = 128 // ids taken from a set at a time
)

// A selection is what Query and Scan have in common: which items are looked at and which are shown.
type selection struct {
	t          *table
	doc        *tableDoc
	index      *indexDoc // nil: the table
	keys       keySchema // of the table or the index
	in         span
	backward   bool
	start      item.Item // ExclusiveStartKey, nil: none
	limit      int       // items looked at; 0: no other bound than pageBytesMax
	filter     *expression.Condition
	paths      []expression.Path // nil: everything
	count      bool              // only count
	consistent bool
}

// A page is what a selection found.
type page struct {
	items   []item.Item
	count   int
	scanned int
	last    item.Item // nil: the end was reached
	used    usage
}

// startID is the id after which a selection goes on.
func (x *selection) startID() string {
	id := x.doc.Keys.id(x.start)
	if x.index == nil {
		return id
	}
	return x.keys.id(x.start) + id
}

// run looks at items until a bound or the end is reached.
func (s *Service) run(ctx context.Context, x *selection) (p page, err error) {
	in := x.in
	if x.start != nil {
		if at := x.startID(); x.backward {
			in.to = at
		} else {
			in.from = at + "\x00"
		}
	}
	index, bytes := "", 0
	if x.index != nil {
		index = x.index.Name
	}
	for full := false; !full; {
		ids := x.t.list(index, in, x.backward, idsAtOnce)
		for _, id := range ids {
			if x.backward {
				in.to = id
			} else {
				in.from = id + "\x00"
			}
			it, err := x.item(ctx, id)
			if err != nil {
				return p, err
			}
			if it == nil {
				continue // it went, or moved in the index, after its id was listed
			}
			if full = x.look(&p, it, &bytes); full {
				break
			}
		}
		if len(ids) < idsAtOnce {
			break
		}
	}
	if x.index != nil {
		p.used.addIndex(index, readUnits(bytes, x.consistent))
	} else {
		p.used.table = readUnits(bytes, x.consistent)
	}
	return p, nil
}

// look takes one item into the page; full when there is room for no more.
func (x *selection) look(p *page, it item.Item, bytes *int) (full bool) {
	key := x.doc.Keys.keyOf(it)
	for _, a := range x.keys.attributes() {
		key[a.Name] = it[a.Name]
	}
	if x.index != nil {
		it = x.index.project(it, x.doc.Keys)
	}
	*bytes += it.Size()
	p.scanned++
	if x.filter.Holds(it) {
		p.count++
		if !x.count {
			p.items = append(p.items, shown(it, x.paths))
		}
	}
	if p.scanned == x.limit || *bytes >= pageBytesMax {
		p.last = key
		return true
	}
	return false
}

// item reads the item with an id of the table or of the index; nil when it is not there, or no longer under that id.
func (x *selection) item(ctx context.Context, id string) (item.Item, error) {
	if x.index == nil {
		it, _, err := x.t.read(ctx, storageKey(id))
		return it, err
	}
	it, _, err := x.t.read(ctx, storageKey(tableID(id)))
	if err != nil || it == nil {
		return nil, err
	}
	if entry, ok := x.keys.entry(it, x.doc.Keys.id(it)); !ok || entry != id {
		return nil, nil
	}
	return it, nil
}

// tableID cuts the id in the table off an id in an index: what follows the end of the sort key.
func tableID(entry string) string {
	at := hashPrefixBytes
	n := int(entry[at])<<24 | int(entry[at+1])<<16 | int(entry[at+2])<<8 | int(entry[at+3])
	for at += 4 + n; ; at++ {
		if entry[at] != 0 {
			continue
		}
		if entry[at+1] == rangeEnd[1] {
			return entry[at+len(rangeEnd):]
		}
		at++ // a zero byte with its mark
	}
}

// over sets the table or index that a selection is over.
func (x *selection) over(t *table, doc *tableDoc, index *string, consistent *bool) error {
	x.t, x.doc, x.keys, x.consistent = t, doc, doc.Keys, value(consistent)
	if index == nil {
		return nil
	}
	found, ok := doc.index(*index)
	if !ok {
		return errNoIndex(*index)
	}
	if x.consistent {
		return item.Invalid("Consistent reads are not supported on global secondary indexes")
	}
	x.index, x.keys = &found, found.Keys
	return nil
}

// show sets what is shown, or refuses what does not go together.
func (x *selection) show(what *string, paths []expression.Path) error {
	x.paths = paths
	switch value(what) {
	case "COUNT":
		x.count = true
	case "ALL_ATTRIBUTES":
		if x.index != nil && x.index.Projection != "ALL" {
			return item.Invalid("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", x.index.Name)
		}
	}
	if err := checkKeyPaths(x.doc, paths); err != nil {
		return err
	}
	if err := checkKeyPaths(x.doc, x.filter.Paths()); err != nil {
		return err
	}
	if x.index == nil {
		return nil
	}
	for _, p := range append(paths, x.filter.Paths()...) {
		if !x.index.has(p[0].Name, x.doc.Keys) {
			return item.Invalid("One or more parameter values were invalid: Global secondary index %s does not project [%s]", x.index.Name, p[0].Name)
		}
	}
	return nil
}

// checkSelect refuses a Select that contradicts the projection or the index.
func checkSelect(what *string, projected bool, index *string) error {
	switch value(what) {
	case "ALL_PROJECTED_ATTRIBUTES":
		if index == nil {
			return item.Invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
		}
	case "SPECIFIC_ATTRIBUTES":
		if !projected {
			return item.Invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
		}
	}
	if projected && what != nil && *what != "SPECIFIC_ATTRIBUTES" {
		if *what == "COUNT" {
			return item.Invalid("Cannot specify the AttributesToGet when choosing to get only the Count")
		}
		return item.Invalid("Cannot specify the AttributesToGet when choosing to get %s", *what)
	}
	return nil
}

// startKey takes ExclusiveStartKey over.
func startKey(in map[string]dynamodbapi.AttributeValue) (item.Item, error) {
	if in == nil {
		return nil, nil
	}
	key := item.Item{}
	for _, name := range wire.SortedKeys(in) {
		a := in[name]
		v, err := item.ValueFromAPI(&a)
		if err != nil {
			for _, bare := range []string{"contains duplicates", "number set", "numeric value", "significant digits", "number with magnitude"} {
				if strings.Contains(err.Error(), bare) {
					return nil, err // the service says of these no more
				}
			}
			return nil, badStart(err)
		}
		key[name] = v
	}
	return key, nil
}

// badStart refuses a starting key, with the refusal of what is wrong in it.
func badStart(err error) error {
	var refusal *wire.APIError
	if errors.As(err, &refusal) {
		return item.Invalid("The provided starting key is invalid: %s", refusal.Message)
	}
	return err
}

// startHas says whether the starting key has as many attributes as the table's and the index's keys.
func (x *selection) startHas() bool {
	n := len(x.doc.Keys.attributes())
	if x.index != nil {
		for _, a := range x.keys.attributes() {
			if !x.doc.Keys.has(a.Name) {
				n++
			}
		}
	}
	return x.start == nil || len(x.start) == n
}

// checkStartPart refuses a starting key without an attribute of the key that is asked for, or with one of another kind.
func (x *selection) checkStartPart(a attribute) error {
	if x.start == nil {
		return nil
	}
	v, ok := x.start[a.Name]
	switch {
	case !ok:
		return item.Invalid("The provided starting key is invalid")
	case v.Kind != a.Kind:
		return errKeySchema()
	case v.Kind != item.Num && v.Text == "":
		return errEmptyKey(a, "were invalid:")
	}
	return nil
}

// checkStart refuses a starting key whose part that is the table's key is not one.
func (x *selection) checkStart() error {
	if x.start == nil {
		return nil
	}
	part := item.Item{}
	for _, a := range x.doc.Keys.attributes() {
		if v, ok := x.start[a.Name]; ok {
			part[a.Name] = v
		}
	}
	if err := x.doc.Keys.checkKey(part); err != nil {
		return badStart(err)
	}
	return x.keys.checkSize(x.start)
}
