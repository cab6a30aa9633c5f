package dynamodb

import (
	"slices"
	"sort"
	"strings"
)

// chunkMax is how many ids stand in one chunk of a keySet before it is cut in two.
const chunkMax = 512

// idOverhead is what an id takes in memory beside its bytes, in bytes: its header, and the room that chunks keep free.
const idOverhead = 48

// A keySet is an ordered set of ids in memory: sorted chunks of sorted ids. It is not safe for concurrent use.
type keySet struct {
	chunks [][]string
	bytes  int64 // of all ids, with what they take beside
	n      int
}

// chunk returns the position of the chunk in which id stands or would stand.
func (s *keySet) chunk(id string) int {
	return max(0, sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i][0] > id })-1)
}

// add puts an id in, unless it is there.
func (s *keySet) add(id string) {
	if len(s.chunks) == 0 {
		s.chunks = [][]string{{id}}
		s.n, s.bytes = 1, int64(len(id)+idOverhead)
		return
	}
	at := s.chunk(id)
	c := s.chunks[at]
	i, found := slices.BinarySearch(c, id)
	if found {
		return
	}
	c = slices.Insert(c, i, id)
	s.n++
	s.bytes += int64(len(id) + idOverhead)
	s.chunks[at] = c
	if len(c) > chunkMax {
		half := slices.Clone(c[len(c)/2:])
		clear(c[len(c)/2:])
		s.chunks[at] = c[:len(c)/2]
		s.chunks = slices.Insert(s.chunks, at+1, half)
	}
}

// remove takes an id out, if it is there.
func (s *keySet) remove(id string) {
	if len(s.chunks) == 0 {
		return
	}
	at := s.chunk(id)
	i, found := slices.BinarySearch(s.chunks[at], id)
	if !found {
		return
	}
	s.n--
	s.bytes -= int64(len(id) + idOverhead)
	if s.chunks[at] = slices.Delete(s.chunks[at], i, i+1); len(s.chunks[at]) == 0 {
		s.chunks = slices.Delete(s.chunks, at, at+1)
	}
}

// list returns up to n ids of a span, from its beginning or, backward, from its end.
func (s *keySet) list(in span, backward bool, n int) (ids []string) {
	if len(s.chunks) == 0 {
		return nil
	}
	if backward {
		at := len(s.chunks) - 1
		if in.to != "" {
			at = s.chunk(in.to)
		}
		for ; at >= 0 && len(ids) < n; at-- {
			c := s.chunks[at]
			for i := len(c) - 1; i >= 0 && len(ids) < n; i-- {
				if in.to != "" && c[i] >= in.to {
					continue
				}
				if c[i] < in.from {
					return ids
				}
				ids = append(ids, c[i])
			}
		}
		return ids
	}
	for at := s.chunk(in.from); at < len(s.chunks) && len(ids) < n; at++ {
		c := s.chunks[at]
		i, _ := slices.BinarySearchFunc(c, in.from, strings.Compare)
		for ; i < len(c) && len(ids) < n; i++ {
			if !in.holds(c[i]) {
				return ids
			}
			ids = append(ids, c[i])
		}
	}
	return ids
}
