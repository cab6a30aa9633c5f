package pattern

import (
	"cmp"
	"net/netip"
	"slices"
)

// keyBytes bounds the prefixes and suffixes that patterns are found by; longer ones are verified to the end.
const keyBytes = 16

// fieldIndex finds the branches whose most telling field this is.
type fieldIndex struct {
	texts    map[string][]int32  // equal strings
	numbers  map[float64][]int32 // equal numbers
	literals map[string][]int32  // true, false, null, and numbers that a double does not hold
	folds    map[string][]int32
	prefixes affixes // of strings as they stand
	suffixes affixes
	foldHead affixes // of folded strings
	foldTail affixes
	ranges   ranges
	networks []networks
	any      []int32 // whatever the value is
}

// affixes finds by beginnings or ends, one table for each length.
type affixes []struct {
	bytes int
	by    map[string][]int32
}

type networks struct {
	bits int
	is4  bool
	by   map[netip.Prefix][]int32
}

// key is what an alternative is found by.
type key struct {
	path int
	kind operator
	text string
	low  float64
	net  netip.Prefix
}

// keyOf returns what an alternative is found by. isThere stands for whatever is found by nothing.
func keyOf(path int, a *alt) key {
	k := key{path: path, kind: a.op, text: a.text}
	switch a.op {
	case isString, isFold, isWord:
	case isNumber:
		if a.exact {
			k.text, k.low = "", a.low
		} else {
			k.kind = isWord
		}
	case isPrefix, isPrefixFold:
		k.text = k.text[:min(len(k.text), keyBytes)]
	case isSuffix, isSuffixFold:
		k.text = k.text[max(0, len(k.text)-keyBytes):]
	case isWildcard:
		first, last := a.parts[0], a.parts[len(a.parts)-1]
		switch {
		case len(a.parts) == 1:
			k.kind, k.text = isString, first
		case first == "" && last == "":
			return key{path: path, kind: isThere}
		case len(first) >= len(last):
			k.kind, k.text = isPrefix, first[:min(len(first), keyBytes)]
		default:
			k.kind, k.text = isSuffix, last[max(0, len(last)-keyBytes):]
		}
	case isRange:
		return key{path: path, kind: isRange}
	case isCIDR:
		k.net = a.network
	default:
		return key{path: path, kind: isThere}
	}
	if k.text == "" && (k.kind == isPrefix || k.kind == isSuffix || k.kind == isPrefixFold || k.kind == isSuffixFold) {
		return key{path: path, kind: isThere}
	}
	return k
}

// build puts each branch under the field that the fewest others share.
func (s *Set) build() {
	shared := map[key]int{}
	for i := range s.branches {
		for j := range s.branches[i].fields {
			for k := range s.branches[i].fields[j].alts {
				shared[keyOf(s.branches[i].fields[j].path, &s.branches[i].fields[j].alts[k])]++
			}
		}
	}
	s.index = make([]fieldIndex, len(s.names.paths))
	for i := range s.branches {
		b := &s.branches[i]
		best, least := -1, 0
		for j, f := range b.fields[:b.needs] {
			cost := 0
			for k := range f.alts {
				key := keyOf(f.path, &f.alts[k])
				cost += shared[key]
				if key.kind == isThere {
					cost += len(s.branches) // every event that has the field has to look
				}
			}
			if best < 0 || cost < least {
				best, least = j, cost
			}
		}
		if best < 0 {
			s.always = append(s.always, int32(i))
			continue
		}
		f := &b.fields[best]
		for k := range f.alts {
			s.index[f.path].add(int32(i), &f.alts[k])
		}
	}
	for i := range s.index {
		s.index[i].ranges.build()
	}
}

func (x *fieldIndex) add(branch int32, a *alt) {
	k := keyOf(0, a)
	switch k.kind {
	case isString:
		put(&x.texts, k.text, branch)
	case isNumber:
		put(&x.numbers, k.low, branch)
	case isWord:
		put(&x.literals, k.text, branch)
	case isFold:
		put(&x.folds, k.text, branch)
	case isPrefix:
		x.prefixes.add(k.text, branch)
	case isSuffix:
		x.suffixes.add(k.text, branch)
	case isPrefixFold:
		x.foldHead.add(k.text, branch)
	case isSuffixFold:
		x.foldTail.add(k.text, branch)
	case isRange:
		x.ranges.add(branch, a)
	case isCIDR:
		x.addNetwork(k.net, branch)
	default:
		if !slices.Contains(x.any[max(0, len(x.any)-1):], branch) {
			x.any = append(x.any, branch)
		}
	}
}

func put[K comparable](m *map[K][]int32, k K, branch int32) {
	if *m == nil {
		*m = map[K][]int32{}
	}
	(*m)[k] = append((*m)[k], branch)
}

func (x *affixes) add(text string, branch int32) {
	for i := range *x {
		if (*x)[i].bytes == len(text) {
			put(&(*x)[i].by, text, branch)
			return
		}
	}
	*x = append(*x, struct {
		bytes int
		by    map[string][]int32
	}{len(text), map[string][]int32{text: {branch}}})
}

func (x *fieldIndex) addNetwork(p netip.Prefix, branch int32) {
	for i := range x.networks {
		if n := &x.networks[i]; n.bits == p.Bits() && n.is4 == p.Addr().Is4() {
			put(&n.by, p, branch)
			return
		}
	}
	x.networks = append(x.networks, networks{p.Bits(), p.Addr().Is4(), map[netip.Prefix][]int32{p: {branch}}})
}

// find notes the branches that v could belong to.
func (x *fieldIndex) find(st *state, v *value) {
	st.candidate(x.any)
	if v.kind != stringValue {
		x.findOther(st, v)
		return
	}
	st.candidate(x.texts[string(v.text)])
	for i := range x.prefixes {
		if n := x.prefixes[i].bytes; n <= len(v.text) {
			st.candidate(x.prefixes[i].by[string(v.text[:n])])
		}
	}
	for i := range x.suffixes {
		if n := x.suffixes[i].bytes; n <= len(v.text) {
			st.candidate(x.suffixes[i].by[string(v.text[len(v.text)-n:])])
		}
	}
	if len(x.folds)+len(x.foldHead)+len(x.foldTail) > 0 {
		f := v.fold()
		st.candidate(x.folds[string(f)])
		for i := range x.foldHead {
			if n := x.foldHead[i].bytes; n <= len(f) {
				st.candidate(x.foldHead[i].by[string(f[:n])])
			}
		}
		for i := range x.foldTail {
			if n := x.foldTail[i].bytes; n <= len(f) {
				st.candidate(x.foldTail[i].by[string(f[len(f)-n:])])
			}
		}
	}
	if len(x.networks) > 0 {
		if a, ok := v.address(); ok {
			for i := range x.networks {
				if n := &x.networks[i]; n.is4 == a.Is4() {
					if p, err := a.Prefix(n.bits); err == nil {
						st.candidate(n.by[p])
					}
				}
			}
		}
	}
}

func (x *fieldIndex) findOther(st *state, v *value) {
	if len(x.literals) > 0 {
		st.candidate(x.literals[string(v.text)])
	}
	if v.kind == numberValue && (len(x.numbers) > 0 || len(x.ranges.all) > 0) {
		if f, ok := v.num(); ok {
			st.candidate(x.numbers[f])
			x.ranges.find(st, f, 0, len(x.ranges.all))
		}
	}
}

// ranges finds the intervals that a number is in: sorted by their lower ends, and over each half the highest upper end.
type ranges struct {
	all  []interval
	tops []float64 // by the middle of each part: the highest upper end in that part
}

type interval struct {
	low, high float64
	branch    []int32
}

func (r *ranges) add(branch int32, a *alt) {
	r.all = append(r.all, interval{a.low, a.high, []int32{branch}})
}

func (r *ranges) build() {
	slices.SortStableFunc(r.all, func(a, b interval) int { return cmp.Compare(a.low, b.low) })
	r.tops = make([]float64, len(r.all))
	r.top(0, len(r.all))
}

func (r *ranges) top(from, to int) float64 {
	if from == to {
		return negInf
	}
	mid := (from + to) / 2
	r.tops[mid] = max(r.all[mid].high, r.top(from, mid), r.top(mid+1, to))
	return r.tops[mid]
}

func (r *ranges) find(st *state, f float64, from, to int) {
	for from < to {
		mid := (from + to) / 2
		if r.tops[mid] < f {
			return
		}
		r.find(st, f, from, mid)
		if r.all[mid].low > f {
			return
		}
		if r.all[mid].high >= f {
			st.candidate(r.all[mid].branch)
		}
		from = mid + 1
	}
}
