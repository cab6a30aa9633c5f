package center

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var newJournal = flag.String("new-journal", "", "write testdata/journal/`NAME`.jsonl with every word as it is encoded now")

// fill sets every part of a value to something that is not zero, so that nothing can be lost unseen.
func fill(v reflect.Value, depth int) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 3, 2, 17, 0, 0, 123_000_000, time.UTC)))
	case v.Type() == reflect.TypeFor[time.Duration]():
		v.SetInt(int64(90 * time.Second))
	default:
		fillKind(v, depth)
	}
}

func fillKind(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text <&> ü")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Uint64:
		v.SetUint(7)
	case reflect.Uint8:
		v.SetUint(7)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), depth)
		}
	case reflect.Pointer:
		if depth > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			fill(v.Index(0), depth-1)
			fill(v.Index(1), depth-1)
		}
	case reflect.Map:
		if depth > 0 {
			m := reflect.MakeMap(v.Type())
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, depth-1)
			fill(value, depth-1)
			m.SetMapIndex(key, value)
			v.Set(m)
		}
	default:
		panic("a word holds a " + v.Kind().String() + ", which this test does not know")
	}
}

// wordsIn returns the names of the types in this package that have a method of a name.
func wordsIn(t *testing.T, method string) []string {
	t.Helper()
	var out []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.Name == method {
				out = append(out, fn.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestEveryWordCanBeDecoded(t *testing.T) {
	if got, want := slices.Sorted(maps.Keys(eventWords)), wordsIn(t, "isEvent"); !slices.Equal(got, want) {
		t.Errorf("events that Decode knows differ from those that there are:\n%s", cmp.Diff(want, got))
	}
	if got, want := slices.Sorted(maps.Keys(effectWords)), wordsIn(t, "isEffect"); !slices.Equal(got, want) {
		t.Errorf("effects that Decode knows differ from those that there are:\n%s", cmp.Diff(want, got))
	}
}

// full returns a word with nothing in it left at zero.
func full[I any](t *testing.T, name string, words map[string]func([]byte) (I, error)) I {
	t.Helper()
	zero, err := words[name]([]byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.New(reflect.TypeOf(zero)).Elem()
	fill(v, 4)
	return v.Interface().(I)
}

// journal returns a step for every word.
func journal(t *testing.T) []Step {
	t.Helper()
	var out []Step
	stamp := func() Stamp {
		return Stamp{At: time.Date(2026, 3, 2, 17, 0, len(out), 5_000_000, time.UTC), Place: uint64(len(out) + 1)}
	}
	for _, name := range slices.Sorted(maps.Keys(eventWords)) {
		out = append(out, Step{Stamp: stamp(), Events: []Event{full(t, name, eventWords)}})
	}
	for _, name := range slices.Sorted(maps.Keys(effectWords)) {
		s := stamp()
		s.Closes = MakeEffectID(3, 1)
		out = append(out, Step{Stamp: s, Effects: []Effect{full(t, name, effectWords)}})
	}
	return out
}

func TestStepsSurviveTheJournal(t *testing.T) {
	all := Step{Stamp: Stamp{At: time.Date(2026, 3, 2, 17, 0, 0, 1_000_000, time.UTC), Place: 1 << 60, Closes: "1/0"}}
	steps := journal(t)
	for _, s := range steps {
		all.Events, all.Effects = append(all.Events, s.Events...), append(all.Effects, s.Effects...)
	}
	for _, s := range append(steps, all, Step{Stamp: all.Stamp}) {
		b, err := Encode(s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(b)
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if diff := cmp.Diff(s, got); diff != "" {
			t.Errorf("a step differs after the journal (-before +after):\n%s", diff)
		}
		for range 5 {
			if again, _ := Encode(got); !bytes.Equal(b, again) {
				t.Fatalf("the same step is encoded in two ways:\n%s\n%s", b, again)
			}
		}
	}
}

// TestOldJournals decodes what earlier versions wrote, and loses nothing of it. Its files are never written anew; a
// version that adds a word or a field adds a file (go test -run TestOldJournals -new-journal NAME).
func TestOldJournals(t *testing.T) {
	if *newJournal != "" {
		var b bytes.Buffer
		for _, s := range journal(t) {
			line, err := Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(line, '\n'))
		}
		f, err := os.OpenFile(filepath.Join("testdata", "journal", *newJournal+".jsonl"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(b.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join("testdata", "journal", "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatal("no old journals", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
			s, err := Decode([]byte(line))
			if err != nil {
				t.Errorf("%s:%d: %v", name, i+1, err)
				continue
			}
			now, err := Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			if lost := lost("", value(t, []byte(line)), value(t, now)); lost != nil {
				t.Errorf("%s:%d: lost %s", name, i+1, strings.Join(lost, ", "))
			}
		}
	}
}

func value(t *testing.T, b []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// lost names what stands in one JSON value and not in another.
func lost(path string, was, is any) []string {
	var out []string
	switch was := was.(type) {
	case map[string]any:
		now, _ := is.(map[string]any)
		for _, k := range slices.Sorted(maps.Keys(was)) {
			out = append(out, lost(path+"."+k, was[k], now[k])...)
		}
	case []any:
		now, _ := is.([]any)
		if len(now) != len(was) {
			return []string{path}
		}
		for i := range was {
			out = append(out, lost(path+"["+strconv.Itoa(i)+"]", was[i], now[i])...)
		}
	default:
		if !reflect.DeepEqual(was, is) {
			out = append(out, fmt.Sprintf("%s (%v, now %v)", path, was, is))
		}
	}
	return out
}

func TestLostIsSeen(t *testing.T) {
	was := value(t, []byte(`{"a":{"b":1,"c":[1,2]},"d":"e"}`))
	for is, want := range map[string]int{`{"a":{"b":1,"c":[1,2],"new":1},"d":"e"}`: 0, `{"a":{"c":[1,2]},"d":"e"}`: 1, `{"a":{"b":1,"c":[1]},"d":"f"}`: 2} {
		if got := lost("", was, value(t, []byte(is))); len(got) != want {
			t.Errorf("%s: lost %v, want %d", is, got, want)
		}
	}
}

func TestDecodeRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, c := range []struct {
		name, journal string
		newer         bool
	}{
		{"no JSON", `{`, false},
		{"no object", `[]`, false},
		{"event of a newer version", `{"s":{"At":"2026-03-02T17:00:00Z","Place":1},"e":[{"ContactBeamedUp":{}}]}`, true},
		{"effect of a newer version", `{"s":{"At":"2026-03-02T17:00:00Z","Place":1},"x":[{"BeamUp":{}}]}`, true},
		{"event without a name", `{"s":{"At":"2026-03-02T17:00:00Z","Place":1},"e":[{}]}`, false},
		{"event with two names", `{"s":{"At":"2026-03-02T17:00:00Z","Place":1},"e":[{"AgentLoggedIn":{},"AgentLoggedOut":{}}]}`, false},
		{"event that is none", `{"s":{"At":"2026-03-02T17:00:00Z","Place":1},"e":[7]}`, false},
		{"event of another shape", `{"s":{"At":"2026-03-02T17:00:00Z","Place":1},"e":[{"AgentLoggedIn":{"Agent":7}}]}`, false},
	} {
		_, err := Decode([]byte(c.journal))
		if err == nil || errors.Is(err, ErrUnknownWord) != c.newer {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestEmptySteps(t *testing.T) {
	if !(Step{Stamp: Stamp{Place: 1}}).Empty() {
		t.Error("a step without anything is not empty")
	}
	for _, s := range []Step{{Events: []Event{InstanceDeleted{}}}, {Effects: []Effect{ReleaseLine{}}}, {Stamp: Stamp{Closes: "1/0"}}} {
		if s.Empty() {
			t.Errorf("%+v is empty", s)
		}
	}
}

// TestWhomAnEventIsAbout holds AgentOf and ContactOf against the fields of the events.
func TestWhomAnEventIsAbout(t *testing.T) {
	for name := range eventWords {
		e := full(t, name, eventWords)
		v := reflect.ValueOf(e)
		if f := v.FieldByName("Contact"); (ContactOf(e) != "") != (f.IsValid() && f.Type() == reflect.TypeFor[ContactID]()) {
			t.Errorf("ContactOf(%s) = %q", name, ContactOf(e))
		}
		// ContactQueued names an agent whose queue it is: nothing changes on that agent's desk.
		f := v.FieldByName("Agent")
		want := f.IsValid() && f.Type() == reflect.TypeFor[AgentID]() && name != "ContactQueued"
		if (AgentOf(e) != "") != want {
			t.Errorf("AgentOf(%s) = %q", name, AgentOf(e))
		}
	}
}

func TestContactOfEffect(t *testing.T) {
	if got := ContactOfEffect(DialCustomer{Contact: "c"}); got != "c" {
		t.Errorf("a dial: %q", got)
	}
	if got := ContactOfEffect(ReleaseLine{Contact: "c"}); got != "" {
		t.Errorf("a release, which must be carried out when the contact is over: %q", got)
	}
	if got := MakeEffectID(12, 3); got != "12/3" {
		t.Errorf("MakeEffectID = %q", got)
	}
}

func TestRefusedInWords(t *testing.T) {
	for want, r := range map[string]Refused{
		`queue "q": not found`:                             {Reason: NotFound, Kind: KindQueue, ID: "q"},
		`invalid Priority: must be 1 to 99`:                {Reason: Invalid, Field: "Priority", Detail: "must be 1 to 99"},
		`agent "a": duplicate Username: the name is taken`: {Reason: Duplicate, Kind: KindUser, ID: "a", Field: "Username", Detail: "the name is taken"},
	} {
		if got := r.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTargetOfAnAssociation(t *testing.T) {
	for want, c := range map[string]StorageConfig{
		"s": {Type: "KINESIS_STREAM", StreamARN: "s", FirehoseARN: "f"}, "f": {Type: "KINESIS_FIREHOSE", StreamARN: "s", FirehoseARN: "f"}, "": {Type: "S3", StreamARN: "s"},
	} {
		if got := (Association{Config: c}).Target(); got != want {
			t.Errorf("%s: got %q, want %q", c.Type, got, want)
		}
	}
}
