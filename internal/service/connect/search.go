package connect

import (
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
)

// Bounds of a search. What AWS documents are the characters of a contained text and the two counts of a filter of users.
const (
	conditionsMax      = 100 // conditions in one search's criteria
	containsMin        = 2   // characters
	containsMax        = 25  // characters
	filterTagsMax      = 25  // tag conditions in a filter
	filterHierarchyMax = 20  // conditions about hierarchy groups in a filter
)

// holds says whether something is searched for.
type holds[T any] func(*T) bool

// field asks whether one of the values that a resource has in a field fits.
type field[T any] func(v *T, fits func(string) bool) bool

// searched is a kind of resource as a search sees it. C is the structure of its criteria in the API, T the resource.
type searched[C, T any] struct {
	operation string
	tags      func(*T) map[string]string
	// node takes one node of the criteria apart: the nodes below it, and its string condition.
	node func(*C) (or, and []C, text *connectapi.StringCondition)
	// leaf is what a node says besides; nil: nothing, of any node.
	leaf func(*C) (holds[T], error)
	// filter is what the request asks of all that is found, besides tags; nil: nothing.
	filter holds[T]
	fields map[string]field[T] // by their names in small letters, as string conditions name them
}

// request is what a request says about its search, besides which resource it is about.
type request[C any] struct {
	criteria *C
	tags     *connectapi.ControlPlaneTagFilter
	token    *string
	most     *int32
}

// search returns the page, sorted by id, that a request asks for of those in all that it searches for, and how many these
// are. Only what is on the page is copied: an instance may have many thousands, and no step is seen while it is searched.
func search[K ~string, C, T, S any](k searched[C, T], all map[K]T, r request[C], show func(T) S) (part []S, next *string, total *int64, err error) {
	left := conditionsMax
	wanted, err := k.criteria(r.criteria, &left)
	if err != nil {
		return nil, nil, nil, err
	}
	tagged, err := tagFilter(r.tags)
	if err != nil {
		return nil, nil, nil, err
	}
	ids := idsOf(all, func(v *T) bool {
		return wanted(v) && tagged(k.tags(v)) && (k.filter == nil || k.filter(v))
	})
	part, next, err = listed(k.operation, ids, asText, r.token, r.most, func(id K) S { return show(all[id]) })
	return part, next, ptr(int64(len(ids))), err
}

// criteria turns a node and all below it into one question. All that a node says must hold; nothing holds always. Left is
// how many conditions there may still be.
func (k searched[C, T]) criteria(c *C, left *int) (holds[T], error) {
	if c == nil {
		return func(*T) bool { return true }, nil
	}
	if *left--; *left < 0 {
		return nil, invalidParameter("SearchCriteria: must have at most %d conditions", conditionsMax)
	}
	or, and, text := k.node(c)
	var must []holds[T]
	if text != nil {
		h, err := k.text(text)
		if err != nil {
			return nil, err
		}
		must = append(must, h)
	}
	if k.leaf != nil {
		h, err := k.leaf(c)
		if err != nil {
			return nil, err
		}
		must = append(must, h)
	}
	below := func(nodes []C) (out []holds[T], err error) {
		for i := range nodes {
			h, err := k.criteria(&nodes[i], left)
			if err != nil {
				return nil, err
			}
			out = append(out, h)
		}
		return out, nil
	}
	all, err := below(and)
	if err != nil {
		return nil, err
	}
	any, err := below(or)
	if err != nil {
		return nil, err
	}
	must = append(must, all...)
	return func(v *T) bool {
		asked := func(h holds[T]) bool { return h(v) }
		return !slices.ContainsFunc(must, func(h holds[T]) bool { return !h(v) }) && (len(any) == 0 || slices.ContainsFunc(any, asked))
	}, nil
}

// text turns a string condition into a question. Names of fields are taken in any case: AWS's own spelling varies.
func (k searched[C, T]) text(c *connectapi.StringCondition) (holds[T], error) {
	in, ok := k.fields[strings.ToLower(value(c.FieldName))]
	if !ok {
		return nil, invalidParameter("FieldName: %q cannot be searched by", value(c.FieldName))
	}
	fits, err := comparison(c.ComparisonType, value(c.Value))
	if err != nil {
		return nil, err
	}
	return func(v *T) bool { return in(v, fits) }, nil
}

// comparison compares texts with one. Letters are the same in both cases unless all must be the same (ours).
func comparison(kind *string, with string) (func(string) bool, error) {
	lower := strings.ToLower(with)
	switch value(kind) {
	case connectapi.StringComparisonTypeExact:
		return func(s string) bool { return s == with }, nil
	case connectapi.StringComparisonTypeStartsWith:
		return func(s string) bool { return strings.HasPrefix(strings.ToLower(s), lower) }, nil
	case connectapi.StringComparisonTypeContains:
		if n := len([]rune(with)); n < containsMin || n > containsMax {
			return nil, invalidParameter("Value: a text that is contained must have %d to %d characters", containsMin, containsMax)
		}
		return func(s string) bool { return strings.Contains(strings.ToLower(s), lower) }, nil
	}
	return nil, invalidParameter("ComparisonType: must be EXACT, STARTS_WITH or CONTAINS")
}

// tagFilter turns a filter into a question about tags.
func tagFilter(f *connectapi.ControlPlaneTagFilter) (func(map[string]string) bool, error) {
	if f == nil {
		return func(map[string]string) bool { return true }, nil
	}
	any, err := tagAlternatives(f)
	if err != nil {
		return nil, err
	}
	return func(tags map[string]string) bool {
		return len(any) == 0 || slices.ContainsFunc(any, func(all []connectapi.TagCondition) bool { return hasTags(tags, all) })
	}, nil
}

// tagAlternatives returns the conditions of a filter, of which all of one list must hold. Only one of its members can be
// populated.
func tagAlternatives(f *connectapi.ControlPlaneTagFilter) (any [][]connectapi.TagCondition, err error) {
	any, n := f.OrConditions, 0
	for _, set := range []bool{f.OrConditions != nil, f.AndConditions != nil, f.TagCondition != nil} {
		if set {
			n++
		}
	}
	if n > 1 {
		return nil, invalidParameter("TagFilter: only one member can be populated")
	}
	if f.AndConditions != nil {
		any = [][]connectapi.TagCondition{f.AndConditions}
	}
	if f.TagCondition != nil {
		any = [][]connectapi.TagCondition{{*f.TagCondition}}
	}
	if n := len(slices.Concat(any...)); n > filterTagsMax {
		return nil, invalidParameter("TagFilter: must have at most %d tag conditions", filterTagsMax)
	}
	return any, nil
}

// hasTags reports whether tags meet all conditions; one without a value asks for the key.
func hasTags(tags map[string]string, all []connectapi.TagCondition) bool {
	return !slices.ContainsFunc(all, func(c connectapi.TagCondition) bool {
		v, ok := tags[value(c.TagKey)]
		return !ok || c.TagValue != nil && v != *c.TagValue
	})
}

// attributeFilter is the filter of tags in the form that newer searches have.
func attributeFilter(f *connectapi.ControlPlaneAttributeFilter) *connectapi.ControlPlaneTagFilter {
	if f == nil {
		return nil
	}
	out := &connectapi.ControlPlaneTagFilter{TagCondition: f.TagCondition}
	if f.AndCondition != nil {
		out.AndConditions = f.AndCondition.TagConditions
	}
	for _, c := range f.OrConditions {
		out.OrConditions = append(out.OrConditions, c.TagConditions)
	}
	return out
}

// usualFields are the fields that almost all resources can be searched by.
func usualFields[T any](name, description, id func(*T) string) map[string]field[T] {
	return map[string]field[T]{"name": text(name), "description": text(description), "resourceid": text(id)}
}

// text is a field with one value.
func text[T any](f func(*T) string) field[T] {
	return func(v *T, fits func(string) bool) bool { return fits(f(v)) }
}
