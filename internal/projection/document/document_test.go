package document

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestStringsAreTheJSONThatEveryParserReadsBack(t *testing.T) {
	for _, s := range []string{"", "plain", `a"b\c`, "tab\tnl\ncr\r nul\x00 esc\x1b", "Grüße 日本 \U0001F600", "\u2028<&>", "\xff\xfeab\xc3", "\uFFFD ok", "x\xf0\x9f"} {
		got := AppendString(nil, s)
		if !utf8.Valid(got) {
			t.Errorf("%q became %q, which is not UTF-8", s, got)
		}
		var back string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%q became %q: %v", s, got, err)
		}
		if want := validEach(s); back != want {
			t.Errorf("%q read back as %q, want %q", s, back, want)
		}
	}
}

// validEach replaces every byte that is not UTF-8.
func validEach(s string) string { return string([]rune(s)) }

func TestTimes(t *testing.T) {
	at := time.Date(2026, 3, 2, 7, 8, 9, 90_999_999, time.FixedZone("", 3600))
	if got, want := string(AppendSeconds(nil, at)), `"2026-03-02T06:08:09Z"`; got != want {
		t.Errorf("seconds: got %s, want %s", got, want)
	}
	if got, want := string(AppendMillis(nil, at)), `"2026-03-02T06:08:09.090Z"`; got != want {
		t.Errorf("milliseconds: got %s, want %s", got, want)
	}
	if got := string(AppendMillis(AppendSeconds(nil, time.Time{}), time.Time{})); got != "nullnull" {
		t.Errorf("zero times: got %s", got)
	}
}

func TestSecondsAreDifferencesOfWhatIsShown(t *testing.T) {
	from := time.Date(2026, 3, 2, 7, 8, 9, 999_000_000, time.UTC)
	if got := Seconds(from, from.Add(2*time.Millisecond)); got != 1 {
		t.Errorf("09.999 to 10.001: got %d, want 1", got)
	}
}

func TestEventIDs(t *testing.T) {
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, id := range []string{
		EventID([]byte("k"), "a", 1, 0, "x"), EventID([]byte("k"), "a", 2, 0, "x"), EventID([]byte("k"), "a", 1, 1, "x"),
		EventID([]byte("k"), "b", 1, 0, "x"), EventID([]byte("k"), "a", 1, 0, "y"), EventID([]byte("l"), "a", 1, 0, "x"),
		EventID(nil, "", 0, 0, strings.Repeat("long", 100)),
	} {
		if !uuid.MatchString(id) || seen[id] {
			t.Errorf("%q is no new UUID", id)
		}
		seen[id] = true
	}
	again := EventID([]byte("k"), "a", 1, 0, "x")
	if !seen[again] {
		t.Error("the same facts gave two ids")
	}
}

func TestARNs(t *testing.T) {
	inst := center.Instance{ID: "i", ARN: "arn:aws:connect:us-east-1:111122223333:instance/i"}
	if got, want := string(AppendQueueARN(nil, inst, "q", true)), `"`+inst.ARN+`/queue/agent/q"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a, r := Owner(inst); a != "111122223333" || r != "us-east-1" {
		t.Errorf("owner: got %s, %s", a, r)
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a\"\\\n", "\xff", "\uFFFD", "日本"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := AppendString(nil, s)
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != validEach(s) || !utf8.Valid(got) {
			t.Errorf("%q became %q, read back as %q: %v", s, got, back, err)
		}
		if inner := appendText(nil, s); string(inner) != string(got[1:len(got)-1]) {
			t.Errorf("%q without quotes: %q", s, inner)
		}
	})
}
