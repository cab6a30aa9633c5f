package pattern

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// ErrEvent is what is wrong with an event that is not a JSON object, or that nests too deep.
var ErrEvent = errors.New("the event is not a JSON object")

const (
	eventDepthMax  = 1000    // containers in one another
	eventLeavesMax = 1 << 20 // values at paths that patterns look at, in one event
)

// node is one name on the way to the fields that patterns look at. Names with dots are as many nodes.
type node struct {
	path     int // -1: no pattern ends here
	children map[string]*node
}

// member says which element of which array of an event something is in.
type member struct{ array, element int32 }

// leaf is a value at a path that some pattern looks at.
type leaf struct {
	value
	path    int
	from    int   // its members are at [from:to] of the scan's members, outermost first
	to      int   // so two leaves agree when the arrays that both are in have them in one element
	sibling int32 // next leaf of the same path, -1: none
}

// scan takes events apart. It is reused.
type scan struct {
	text    []byte
	at      int
	depth   int
	leaves  []leaf
	first   []int32 // by path: its first leaf, -1: none
	last    []int32
	touched []int // paths that have leaves
	members []member
	current []member // of where the scan is
	arrays  int32
	scratch []byte // strings without their escapes
	name    []byte // a name without its escapes
}

func (s *scan) reset(event []byte, paths int) {
	s.text, s.at, s.depth, s.arrays = event, 0, 0, 0
	for _, p := range s.touched {
		s.first[p] = -1
	}
	clear(s.leaves) // hold on to no event
	s.leaves, s.touched, s.members, s.current, s.scratch = s.leaves[:0], s.touched[:0], s.members[:0], s.current[:0], s.scratch[:0]
	for len(s.first) < paths {
		s.first, s.last = append(s.first, -1), append(s.last, -1)
	}
}

func (s *scan) bad(what string) error { return fmt.Errorf("%w: %s at byte %d", ErrEvent, what, s.at) }

func (s *scan) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek skips white space and returns the byte behind it, 0 at the end.
func (s *scan) peek() byte {
	if s.at < len(s.text) && s.text[s.at] > ' ' {
		return s.text[s.at]
	}
	s.space()
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// run takes the event apart.
func (s *scan) run(root *node) error {
	if s.peek() != '{' {
		return s.bad("no object")
	}
	if err := s.object(root); err != nil {
		return err
	}
	if s.space(); s.at < len(s.text) {
		return s.bad("more behind the object")
	}
	return nil
}

func (s *scan) enter() error {
	if s.depth++; s.depth > eventDepthMax {
		return s.bad("nested too deep")
	}
	s.at++
	return nil
}

func (s *scan) object(n *node) error {
	if err := s.enter(); err != nil {
		return err
	}
	if s.peek() == '}' {
		s.at++
		s.depth--
		return nil
	}
	for {
		if s.peek() != '"' {
			return s.bad("no name")
		}
		name, err := s.text0(&s.name)
		if err != nil {
			return err
		}
		if s.peek() != ':' {
			return s.bad("no colon")
		}
		s.at++
		s.peek()
		if child := n.child(name); child != nil {
			err = s.value(child)
		} else {
			err = s.skip()
		}
		if err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.at++
		case '}':
			s.at++
			s.depth--
			return nil
		default:
			return s.bad("no comma")
		}
	}
}

// child follows a name; one with dots is as many steps.
func (n *node) child(name []byte) *node {
	if len(n.children) == 0 {
		return nil
	}
	if c := n.children[string(name)]; c != nil {
		return c
	}
	for {
		i := bytes.IndexByte(name, '.')
		if i < 0 {
			return n.children[string(name)]
		}
		if n = n.children[string(name[:i])]; n == nil {
			return nil
		}
		name = name[i+1:]
	}
}

// value reads the value at n.
func (s *scan) value(n *node) error {
	switch s.peek() {
	case '{':
		return s.object(n)
	case '[':
		return s.array(n)
	}
	if n.path < 0 {
		return s.skip()
	}
	var v value
	switch c := s.peek(); {
	case c == '"':
		text, err := s.text0(&s.scratch)
		if err != nil {
			return err
		}
		v = value{kind: stringValue, text: text}
	default:
		from := s.at
		if err := s.skip(); err != nil {
			return err
		}
		v = value{kind: wordValue, text: s.text[from:s.at]}
		if c == '-' || '0' <= c && c <= '9' {
			v.kind = numberValue
		}
	}
	return s.leaf(n.path, v)
}

func (s *scan) leaf(path int, v value) error {
	if len(s.leaves) == eventLeavesMax {
		return s.bad("too many values")
	}
	from := len(s.members)
	if len(s.current) > 0 {
		if k := len(s.leaves) - 1; k >= 0 && s.same(&s.leaves[k]) {
			from = s.leaves[k].from
		} else {
			s.members = append(s.members, s.current...)
		}
	}
	v.spare = &s.scratch
	i := int32(len(s.leaves))
	s.leaves = append(s.leaves, leaf{value: v, path: path, from: from, to: from + len(s.current), sibling: -1})
	if s.first[path] < 0 {
		s.first[path] = i
		s.touched = append(s.touched, path)
	} else {
		s.leaves[s.last[path]].sibling = i
	}
	s.last[path] = i
	return nil
}

// same tells whether l is in the same elements of the same arrays as what is read now.
func (s *scan) same(l *leaf) bool {
	if l.to-l.from != len(s.current) {
		return false
	}
	for i, m := range s.members[l.from:l.to] {
		if m != s.current[i] {
			return false
		}
	}
	return true
}

func (s *scan) array(n *node) error {
	if err := s.enter(); err != nil {
		return err
	}
	if s.peek() == ']' {
		s.at++
		s.depth--
		return nil
	}
	here := member{array: s.arrays}
	s.arrays++
	for ; ; here.element++ {
		// Objects and arrays are elements that fields have to agree on; a plain value agrees with everything beside it.
		var err error
		if c := s.peek(); c == '{' || c == '[' {
			s.current = append(s.current, here)
			err = s.value(n)
			s.current = s.current[:len(s.current)-1]
		} else {
			err = s.value(n)
		}
		if err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.at++
			s.peek()
		case ']':
			s.at++
			s.depth--
			return nil
		default:
			return s.bad("no comma")
		}
	}
}

// text0 reads a string. The result is part of the event, or of buf when there were escapes.
func (s *scan) text0(buf *[]byte) ([]byte, error) {
	s.at++
	from := s.at
	i := bytes.IndexByte(s.text[from:], '"')
	if i < 0 {
		return nil, s.bad("a string without an end")
	}
	text := s.text[from : from+i]
	if bytes.IndexByte(text, '\\') < 0 {
		s.at = from + i + 1
		return text, nil
	}
	if buf == &s.name {
		*buf = (*buf)[:0]
	}
	b := *buf
	start := len(b)
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case '"':
			s.at++
			*buf = b
			return b[start:len(b):len(b)], nil
		case '\\':
			r, n := unescape(s.text[s.at+1:])
			if n == 0 {
				return nil, s.bad("an escape that is none")
			}
			s.at += 1 + n
			b = append(b, string(r)...)
		default:
			s.at++
			b = append(b, c)
		}
	}
	return nil, s.bad("a string without an end")
}

// skip passes one value. Brackets are matched; what is between them is not looked at closely.
func (s *scan) skip() error {
	switch s.peek() {
	case '"':
		return s.skipString()
	case '{', '[':
		for depth := 0; s.at < len(s.text); {
			switch s.text[s.at] {
			case '"':
				if err := s.skipString(); err != nil {
					return err
				}
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					s.at++
					return nil
				}
			}
			s.at++
		}
		return s.bad("a bracket without its fellow")
	}
	from := s.at
	for s.at < len(s.text) && word[s.text[s.at]] {
		s.at++
	}
	if s.at == from {
		return s.bad("no value")
	}
	return nil
}

// word holds what numbers, true, false and null are made of.
var word = func() (t [256]bool) {
	for _, c := range []byte("+-.0123456789abcdefghijklmnopqrstuvwxyzE") {
		t[c] = true
	}
	return t
}()

func (s *scan) skipString() error {
	s.at++
	for {
		i := bytes.IndexByte(s.text[s.at:], '"')
		if i < 0 {
			return s.bad("a string without an end")
		}
		end := s.at + i
		escapes := 0
		for j := end - 1; j >= s.at && s.text[j] == '\\'; j-- {
			escapes++
		}
		s.at = end + 1
		if escapes%2 == 0 {
			return nil
		}
	}
}

// trie gives every path a number.
type trie struct {
	root  *node
	paths map[string]int
}

func newTrie() *trie { return &trie{root: &node{path: -1}, paths: map[string]int{}} }

// number returns the number of a path, a new one when it is new.
func (t *trie) number(path string) int {
	if n, ok := t.paths[path]; ok {
		return n
	}
	at := t.root
	for step := range strings.SplitSeq(path, ".") {
		next := at.children[step]
		if next == nil {
			next = &node{path: -1}
			if at.children == nil {
				at.children = map[string]*node{}
			}
			at.children[step] = next
		}
		at = next
	}
	at.path = len(t.paths)
	t.paths[path] = at.path
	return at.path
}
