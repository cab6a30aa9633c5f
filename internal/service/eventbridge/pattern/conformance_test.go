package pattern

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The public cases of the language (data from the tests of aws/event-ruler, Apache-2.0) are not part of the project.
const conformance = "../../../../../shared/conformance/eventbridge"

func cases[T any](t *testing.T, name string) []T {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(conformance, name))
	if err != nil {
		t.Skipf("the public cases are not beside the project: %v", err)
	}
	var all []T
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPublicCompileCases(t *testing.T) {
	type compileCase struct {
		Test, Rule string
		Overriding bool
		Error      *string
	}
	n := 0
	for _, c := range cases[compileCase](t, "compile.json") {
		if !c.Overriding {
			continue // the service's way is that the later of two equal names counts
		}
		n++
		_, err := Compile(c.Rule)
		switch {
		case c.Error == nil && err != nil:
			t.Errorf("%s: %s\n got %v", c.Test, c.Rule, err)
		case c.Error != nil && (err == nil || err.Error() != *c.Error):
			t.Errorf("%s: %s\n got  %v\n want %v", c.Test, c.Rule, err, *c.Error)
		}
	}
	t.Logf("%d cases", n)
}

func TestPublicMatchCases(t *testing.T) {
	type matchCase struct {
		Test       string
		Structured bool
		Rules      [][3]string
		Event      string
		Expect     []string
	}
	n, skipped := 0, 0
	for _, c := range cases[matchCase](t, "match.json") {
		if !c.Structured {
			skipped++
			continue
		}
		var patterns []*Pattern
		var names []string
		bad := false
		for _, r := range c.Rules {
			p, err := Compile(r[2])
			if err != nil {
				t.Errorf("%s: %s: %v", c.Test, r[2], err)
				bad = true
				break
			}
			patterns, names = append(patterns, p), append(names, r[0])
		}
		if bad {
			continue
		}
		n++
		got, err := NewSet(patterns).Match(nil, []byte(c.Event))
		if err != nil {
			t.Errorf("%s: %v\n%s", c.Test, err, c.Event)
			continue
		}
		var matched []string
		for _, g := range got {
			matched = append(matched, names[g])
		}
		slices.Sort(matched)
		matched = slices.Compact(matched)
		slices.Sort(c.Expect)
		if !slices.Equal(matched, slices.Compact(c.Expect)) {
			t.Errorf("%s:\n rules %s\n event %s\n got  %v\n want %v", c.Test, strings.ReplaceAll(strings.Join(flat(c.Rules), " "), "\n", " "), c.Event, matched, c.Expect)
		}
	}
	t.Logf("%d cases, %d without array consistency left out", n, skipped)
}

func flat(rules [][3]string) (all []string) {
	for _, r := range rules {
		all = append(all, r[0]+"="+r[2])
	}
	return all
}
