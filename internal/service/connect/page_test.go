package connect

import (
	"slices"
	"testing"
)

func TestPage(t *testing.T) {
	key := func(s string) string { return s }
	items := []string{"b", "d", "f"}
	two := int32(2)
	part, next, err := page("L", items, key, nil, &two, 10, 10)
	if err != nil || !slices.Equal(part, []string{"b", "d"}) || next == nil {
		t.Fatal(part, next, err)
	}
	// What comes and goes in between moves nothing: the last item given out may even be gone.
	part, next, err = page("L", []string{"a", "b", "e", "f"}, key, next, nil, 10, 10)
	if err != nil || !slices.Equal(part, []string{"e", "f"}) || next != nil {
		t.Fatal(part, next, err)
	}
	if part, _, _ = page("L", nil, key, nil, nil, 10, 10); part == nil {
		t.Error("an empty page is no list")
	}
	if part, next, _ = page("L", items, key, nil, nil, 2, 10); len(part) != 2 || next == nil {
		t.Error(part, next)
	}
}

// FuzzOpenToken: whatever a client sends for a token is taken or refused.
func FuzzOpenToken(f *testing.F) {
	f.Add(*sealToken("L", "key"))
	f.Add("")
	f.Add("%%")
	f.Fuzz(func(t *testing.T, token string) {
		content, err := openToken("L", token)
		if err != nil {
			return
		}
		if again, err := openToken("L", *sealToken("L", content)); err != nil || again != content {
			t.Errorf("%q became %q, %v", content, again, err)
		}
	})
}
