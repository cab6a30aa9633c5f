package pattern

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawEvent draws an event of few names and few values, so that patterns often nearly match.
func drawEvent(t *rapid.T, depth int) map[string]any {
	event := map[string]any{}
	for range rapid.IntRange(1, 4).Draw(t, "members") {
		event[rapid.SampledFrom([]string{"a", "b", "c", "a.b"}).Draw(t, "name")] = drawValue(t, depth)
	}
	return event
}

func drawValue(t *rapid.T, depth int) any {
	kind := rapid.IntRange(0, 7).Draw(t, "kind")
	switch {
	case kind == 6 && depth > 0:
		return drawEvent(t, depth-1)
	case kind == 7 && depth > 0:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "elements") {
			list = append(list, drawValue(t, depth-1))
		}
		return list
	}
	return rapid.SampledFrom([]any{"x", "xy", "XY", "y*", "10.0.0.7", "é\n", 1, 2.5, 1e20, true, nil}).Draw(t, "value")
}

func drawPattern(t *rapid.T, depth int) map[string]any {
	p := map[string]any{}
	for range rapid.IntRange(1, 2).Draw(t, "fields") {
		name := rapid.SampledFrom([]string{"a", "b", "c", "a.b"}).Draw(t, "name")
		if depth > 0 && rapid.Bool().Draw(t, "object") {
			p[name] = drawPattern(t, depth-1)
		} else {
			p[name] = drawAlternatives(t)
		}
	}
	if depth > 0 && rapid.IntRange(0, 3).Draw(t, "or") == 0 {
		p["$or"] = []any{drawPattern(t, depth-1), drawPattern(t, depth-1)}
	}
	return p
}

func drawAlternatives(t *rapid.T) (alts []any) {
	for range rapid.IntRange(1, 3).Draw(t, "alternatives") {
		alts = append(alts, rapid.SampledFrom([]any{
			"x", "xy", 1, 2.5, 1e20, true, nil,
			map[string]any{"prefix": "x"}, map[string]any{"prefix": ""}, map[string]any{"suffix": "y"},
			map[string]any{"prefix": map[string]any{"equals-ignore-case": "X"}}, map[string]any{"suffix": map[string]any{"equals-ignore-case": "Y"}},
			map[string]any{"equals-ignore-case": "xY"}, map[string]any{"wildcard": "*y*"}, map[string]any{"wildcard": "x*"}, map[string]any{"wildcard": `y\*`},
			map[string]any{"numeric": []any{">", 1, "<=", 2.5}}, map[string]any{"numeric": []any{"<", 2}}, map[string]any{"numeric": []any{"=", 1}},
			map[string]any{"cidr": "10.0.0.0/24"}, map[string]any{"exists": true}, map[string]any{"exists": false}, map[string]any{"exists": false},
			map[string]any{"anything-but": "x"}, map[string]any{"anything-but": []any{1, 2.5}}, map[string]any{"anything-but": map[string]any{"prefix": "x"}},
			map[string]any{"anything-but": map[string]any{"wildcard": []any{"*y", "1*"}}},
		}).Draw(t, "alternative"))
	}
	return alts
}

// modelLeaf is a value with the elements it is in, by array.
type modelLeaf struct {
	path string
	v    value
	in   map[int]int
}

// flatten takes an event apart in the plainest way.
func flatten(v any, path string, in map[int]int, arrays *int, leaves *[]modelLeaf) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			full := name
			if path != "" {
				full = path + "." + name
			}
			flatten(v[name], full, in, arrays, leaves)
		}
	case []any:
		array := *arrays
		*arrays++
		for i, e := range v {
			within := in
			switch e.(type) {
			case map[string]any, []any:
				within = maps.Clone(in)
				within[array] = i
			}
			flatten(e, path, within, arrays, leaves)
		}
	case string:
		*leaves = append(*leaves, modelLeaf{path, value{kind: stringValue, text: []byte(v)}, in})
	case json.Number:
		*leaves = append(*leaves, modelLeaf{path, value{kind: numberValue, text: []byte(v)}, in})
	default:
		*leaves = append(*leaves, modelLeaf{path, value{kind: wordValue, text: fmt.Append(nil, strings.ReplaceAll(fmt.Sprint(v), "<nil>", "null"))}, in})
	}
}

func agree(a, b map[int]int) bool {
	for array, element := range a {
		if e, ok := b[array]; ok && e != element {
			return false
		}
	}
	return true
}

// try tries every leaf for every field.
func try(fields []string, b map[string][]alt, leaves []modelLeaf, in map[int]int) bool {
	if len(fields) == 0 {
		return true
	}
	// A field that may be absent is judged by what the others chose, so it comes last.
	for _, a := range b[fields[0]] {
		if a.op == isAbsent {
			if !slices.ContainsFunc(leaves, func(l modelLeaf) bool { return l.path == fields[0] && agree(l.in, in) }) && try(fields[1:], b, leaves, in) {
				return true
			}
			continue
		}
		for _, l := range leaves {
			v := l.v
			v.spare = new([]byte)
			if l.path == fields[0] && a.matches(&v) && agree(l.in, in) {
				both := maps.Clone(in)
				maps.Copy(both, l.in)
				if try(fields[1:], b, leaves, both) {
					return true
				}
			}
		}
	}
	return false
}

// permutations of fields that may be absent matter: one that has a value narrows what the next one may not have.
func modelMatch(p *Pattern, leaves []modelLeaf) bool {
	for _, b := range p.branches {
		var sure, maybe []string
		for _, path := range slices.Sorted(maps.Keys(b)) {
			if slices.ContainsFunc(b[path], func(a alt) bool { return a.op == isAbsent }) {
				maybe = append(maybe, path)
			} else {
				sure = append(sure, path)
			}
		}
		if permute(maybe, nil, func(order []string) bool { return try(append(slices.Clone(sure), order...), b, leaves, map[int]int{}) }) {
			return true
		}
	}
	return false
}

func permute(rest, chosen []string, f func([]string) bool) bool {
	if len(rest) == 0 {
		return f(chosen)
	}
	for i := range rest {
		next := append(slices.Clone(rest[:i]), rest[i+1:]...)
		if permute(next, append(slices.Clone(chosen), rest[i]), f) {
			return true
		}
	}
	return false
}

// A set finds exactly the patterns that trying everything finds, whatever other patterns are in it.
func TestSetAgreesWithTryingEverything(t *testing.T) {
	matched, total := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var patterns []*Pattern
		var texts []string
		for range rapid.IntRange(1, 6).Draw(t, "patterns") {
			text, err := json.Marshal(drawPattern(t, 2))
			if err != nil {
				t.Fatal(err)
			}
			p, err := Compile(string(text))
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			patterns, texts = append(patterns, p), append(texts, string(text))
		}
		set := NewSet(patterns)
		for range 4 {
			event, err := json.Marshal(drawEvent(t, 4))
			if err != nil {
				t.Fatal(err)
			}
			decoder := json.NewDecoder(strings.NewReader(string(event)))
			decoder.UseNumber()
			var decoded any
			if err := decoder.Decode(&decoded); err != nil {
				t.Fatal(err)
			}
			var leaves []modelLeaf
			flatten(decoded, "", map[int]int{}, new(int), &leaves)
			got, err := set.Match(nil, event)
			if err != nil {
				t.Fatalf("%s: %v", event, err)
			}
			for i, p := range patterns {
				total++
				want := modelMatch(p, leaves)
				if want {
					matched++
				}
				if slices.Contains(got, i) != want {
					t.Fatalf("pattern %s\nevent %s\ngot %v, want %v", texts[i], event, !want, want)
				}
			}
		}
	})
	if matched*20 < total {
		t.Errorf("only %d of %d pairs match: the generator finds too little", matched, total)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add(`{"a":[{"prefix":"x"}],"$or":[{"b":[1]},{"c":[{"exists":false}]}]}`, `{"a":["xy",{"b":1}]}`)
	f.Add(`{"a":{"b":[{"numeric":[">",1,"<",3]}]}}`, `{"a":[{"b":2},[{"b":"\u00e9"}]]}`)
	f.Fuzz(func(t *testing.T, pattern, event string) {
		p, err := Compile(pattern)
		if err != nil {
			if _, ok := Invalid(err); !ok {
				t.Fatalf("error of another kind: %v", err)
			}
			if json.Valid([]byte(event)) {
				p, _ = Compile(`{"a":[1]}`)
			} else {
				return
			}
		}
		_, err = p.Match([]byte(event))
		if err != nil && json.Valid([]byte(event)) && strings.HasPrefix(strings.TrimSpace(event), "{") && len(event) < eventDepthMax {
			t.Fatalf("a valid event is refused: %v", err)
		}
	})
}
