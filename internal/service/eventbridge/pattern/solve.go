package pattern

import "slices"

const (
	maskWords = 4
	// choicesMax bounds how many ways of choosing elements are kept for one element of an array. What patterns people write
	// has a handful; beyond it a match may be missed, which is what keeps the time linear in the event.
	choicesMax = 1024
)

// mask is a set of fields of a branch.
type mask [maskWords]uint64

func (m *mask) set(i int)      { m[i>>6] |= 1 << (i & 63) }
func (m *mask) has(i int) bool { return m[i>>6]&(1<<(i&63)) != 0 }

func (m mask) or(n mask) mask {
	for i := range m {
		m[i] |= n[i]
	}
	return m
}

// in tells whether n holds all that m holds.
func (m mask) in(n mask) bool {
	for i := range m {
		if m[i]&^n[i] != 0 {
			return false
		}
	}
	return true
}

// choice is what comes of choosing one element in each array: the fields that have a matching value there, and those that
// have any value. A field that must be absent must have none.
type choice struct{ met, there mask }

// at least as good: more met, less there.
func (c choice) covers(d choice) bool { return d.met.in(c.met) && c.there.in(d.there) }

// item is a leaf of one of the branch's fields.
type item struct {
	leaf  int32
	field int
	met   bool
}

// solver finds out whether elements of an event's arrays can be chosen so that all fields of a branch are met at once. Arrays
// nest like a tree, so it works from the leaves up: what an element can meet is what it has itself and, of each array in
// it, what one of that array's elements can meet. Time is linear in the number of values.
type solver struct {
	items []item
}

func (s *solver) solve(st *state, b *branch) bool {
	s.items = s.items[:0]
	for i := range b.fields {
		f := &b.fields[i]
		for l := st.first[f.path]; l >= 0; l = st.leaves[l].sibling {
			s.items = append(s.items, item{l, i, f.present && f.matches(&st.leaves[l].value)})
		}
	}
	slices.SortFunc(s.items, func(a, b item) int {
		if a.leaf != b.leaf {
			return int(a.leaf - b.leaf)
		}
		return a.field - b.field
	})
	for _, c := range s.element(st, b, s.items, 0) {
		if c.fulfils(b) {
			return true
		}
	}
	return false
}

func (c choice) fulfils(b *branch) bool {
	for i := range b.fields {
		if !c.met.has(i) && (!b.fields[i].absent || c.there.has(i)) {
			return false
		}
	}
	return true
}

// element returns what can be chosen in one element, of which items are the leaves; depth arrays are around them.
func (s *solver) element(st *state, b *branch, items []item, depth int) []choice {
	var own choice
	choices := []choice{{}}
	for i := 0; i < len(items); {
		l := &st.leaves[items[i].leaf]
		if l.to-l.from == depth {
			own.there.set(items[i].field)
			if items[i].met {
				own.met.set(items[i].field)
			}
			i++
			continue
		}
		array := st.members[l.from+depth].array
		to := i + 1
		for to < len(items) && st.inArray(items[to].leaf, depth, array) {
			to++
		}
		choices = combine(choices, s.array(st, b, items[i:to], depth))
		i = to
	}
	for i := range choices {
		choices[i].met = choices[i].met.or(own.met)
		choices[i].there = choices[i].there.or(own.there)
	}
	return choices
}

func (st *state) inArray(l int32, depth int, array int32) bool {
	leaf := &st.leaves[l]
	return leaf.to-leaf.from > depth && st.members[leaf.from+depth].array == array
}

// array returns what can be chosen in one array: one of its elements, or none, and then all that is in it is there.
func (s *solver) array(st *state, b *branch, items []item, depth int) []choice {
	var none choice
	var choices []choice
	for i := 0; i < len(items); {
		element := st.members[st.leaves[items[i].leaf].from+depth].element
		to := i
		for to < len(items) && st.members[st.leaves[items[to].leaf].from+depth].element == element {
			none.there.set(items[to].field)
			to++
		}
		for _, c := range s.element(st, b, items[i:to], depth+1) {
			if c.met != (mask{}) {
				choices = keep(choices, c)
			}
		}
		i = to
	}
	return keep(choices, none)
}

// keep adds a choice unless another one is at least as good, and drops those that it is at least as good as.
func keep(choices []choice, c choice) []choice {
	for _, o := range choices {
		if o.covers(c) {
			return choices
		}
	}
	choices = slices.DeleteFunc(choices, c.covers)
	if len(choices) < choicesMax {
		choices = append(choices, c)
	}
	return choices
}

// combine returns all choices of one of a and one of b.
func combine(a, b []choice) (all []choice) {
	for _, x := range a {
		for _, y := range b {
			all = keep(all, choice{x.met.or(y.met), x.there.or(y.there)})
		}
	}
	return all
}
