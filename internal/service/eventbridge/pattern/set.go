// Package pattern is EventBridge's event pattern language: patterns are compiled, and sets of them are matched against
// events in a time that hardly grows with their number.
//
// A set looks at each event once: it takes out the values that any pattern asks for, finds the patterns that could match
// in an index that holds each of them under one of its fields, the most telling, and verifies those wholly.
package pattern

import (
	"slices"
	"sync"
)

// Set is a set of patterns, matched together. It is immutable and safe for concurrent use.
type Set struct {
	branches []branch
	names    *trie
	index    []fieldIndex // by path
	always   []int32      // branches that no field finds
	patterns int
	states   sync.Pool
}

// branch is one way to match a pattern: all its fields have to.
type branch struct {
	pattern int32
	fields  []field // those that need a value first
	needs   int     // how many of them do
}

type field struct {
	path    int
	alts    []alt
	absent  bool // one of alts is that the field is not there
	present bool // others are values
}

// NewSet makes a set. Match names patterns by their place in it.
func NewSet(patterns []*Pattern) *Set {
	s := &Set{names: newTrie(), patterns: len(patterns)}
	for i, p := range patterns {
		for _, b := range p.branches {
			s.branches = append(s.branches, s.branch(int32(i), b))
		}
	}
	s.build()
	s.states.New = func() any { return &state{} }
	return s
}

func (s *Set) branch(pattern int32, fields map[string][]alt) branch {
	b := branch{pattern: pattern}
	paths := make([]string, 0, len(fields))
	for p := range fields {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range paths {
		f := field{path: s.names.number(p)}
		for _, a := range fields[p] {
			if a.op == isAbsent {
				f.absent = true
			} else {
				f.present = true
				f.alts = append(f.alts, a)
			}
		}
		b.fields = append(b.fields, f)
	}
	slices.SortStableFunc(b.fields, func(x, y field) int { return rank(x) - rank(y) })
	for b.needs < len(b.fields) && !b.fields[b.needs].absent {
		b.needs++
	}
	return b
}

// rank orders fields by what it costs to verify them; those that may be absent come last.
func rank(f field) int {
	r := 0
	for i := range f.alts {
		switch f.alts[i].op {
		case isString, isNumber, isWord, isThere, isPrefix, isSuffix:
			r = max(r, 1)
		case isRange, isNot:
			r = max(r, 2)
		default:
			r = max(r, 3)
		}
	}
	if f.absent {
		r += 4
	}
	return r
}

// state is what one match works with.
type state struct {
	scan
	candidates []int32
	seen       []uint32 // by branch: the turn in which it became a candidate
	turn       uint32
	done       []uint32 // by pattern: the turn in which it matched
	solver     solver
}

// Match appends the numbers of the patterns that match the event, in no order, to dst. An event that is not a JSON object
// gives ErrEvent. The event is taken to be valid JSON: of what no pattern looks at, only brackets and strings are read.
func (s *Set) Match(dst []int, event []byte) ([]int, error) {
	st := s.states.Get().(*state)
	defer s.states.Put(st)
	return s.match(st, dst, event)
}

func (s *Set) match(st *state, dst []int, event []byte) ([]int, error) {
	if st.turn++; st.turn == 0 || len(st.seen) != len(s.branches) || len(st.done) != s.patterns {
		st.seen, st.done, st.turn = make([]uint32, len(s.branches)), make([]uint32, s.patterns), 1
	}
	st.reset(event, len(s.names.paths))
	if err := st.run(s.names.root); err != nil {
		return dst, err
	}
	st.candidates = append(st.candidates[:0], s.always...)
	for i := range st.leaves {
		s.index[st.leaves[i].path].find(st, &st.leaves[i].value)
	}
	for _, c := range st.candidates {
		b := &s.branches[c]
		if st.done[b.pattern] != st.turn && st.verify(b) {
			st.done[b.pattern] = st.turn
			dst = append(dst, int(b.pattern))
		}
	}
	st.text = nil
	return dst, nil
}

// Match tells whether the pattern matches the event. It is for single events; sets are for streams of them.
func (p *Pattern) Match(event []byte) (bool, error) {
	got, err := NewSet([]*Pattern{p}).Match(nil, event)
	return len(got) > 0, err
}

// candidate notes branches to verify, each once.
func (st *state) candidate(branches []int32) {
	for _, b := range branches {
		if st.seen[b] != st.turn {
			st.seen[b] = st.turn
			st.candidates = append(st.candidates, b)
		}
	}
}

func (f *field) matches(v *value) bool {
	for i := range f.alts {
		if f.alts[i].matches(v) {
			return true
		}
	}
	return false
}

// verify tells whether all fields of a branch match, those that go through one array in one element of it.
func (st *state) verify(b *branch) bool {
	arrays := false
	for i := range b.fields {
		f := &b.fields[i]
		plain, any := false, false
		for l := st.first[f.path]; l >= 0; l = st.leaves[l].sibling {
			leaf := &st.leaves[l]
			if f.present && f.matches(&leaf.value) {
				any = true
				if leaf.from == leaf.to {
					plain = true
					break
				}
			} else if f.absent && !f.present && leaf.from == leaf.to {
				return false // it is there, whatever elements are chosen
			}
		}
		switch {
		case !f.absent && !any:
			return false
		case !f.absent && !plain, f.absent && !plain && st.first[f.path] >= 0:
			arrays = true
		}
	}
	return !arrays || st.solver.solve(st, b)
}
