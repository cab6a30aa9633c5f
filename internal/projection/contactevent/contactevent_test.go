package contactevent

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

var update = flag.Bool("update", false, "write the documents that come out into testdata")

var key = []byte("key of the instance")

var stories = []string{"inbound-handled", "inbound-abandoned", "inbound-flow-disconnect", "outbound-api-unanswered", "task", "agent-queue"}

func load(t testing.TB, name string) (path string, a *txtar.Archive, inst center.Instance, steps []center.Step) {
	t.Helper()
	path = filepath.Join("testdata", name+".txtar")
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		switch f.Name {
		case "instance.json":
			err = json.Unmarshal(f.Data, &inst)
		case "steps.jsonl":
			for sc := bufio.NewScanner(bytes.NewReader(f.Data)); sc.Scan() && err == nil; {
				var st center.Step
				st, err = center.Decode(sc.Bytes())
				steps = append(steps, st)
			}
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", path, f.Name, err)
		}
	}
	return path, a, inst, steps
}

func tell(t testing.TB, name string) []Document {
	_, _, inst, steps := load(t, name)
	var c lifecycle.Contact
	var docs []Document
	for _, st := range steps {
		docs = append(docs, Fold(inst, key, &c, st.Stamp, st.Events)...)
	}
	return docs
}

func TestGoldenEvents(t *testing.T) {
	for _, name := range stories {
		t.Run(name, func(t *testing.T) {
			path, a, _, _ := load(t, name)
			var got bytes.Buffer
			for _, d := range tell(t, name) {
				got.Write(d.Data)
				got.WriteByte('\n')
			}
			want := &a.Files[len(a.Files)-1]
			if *update {
				want.Data = got.Bytes()
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want.Data), got.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		})
	}
}

func TestEventsAreThoseOfTheSamples(t *testing.T) {
	for _, s := range []struct{ story, typ, sample string }{
		{"inbound-handled", Initiated, "contact-event-01-initiated"},
		{"inbound-handled", ConnectedToSystem, "contact-event-02-connected-to-system"},
		{"inbound-handled", Queued, "contact-event-03-queued"},
		{"inbound-handled", ConnectedToAgent, "contact-event-04-connected-to-agent"},
		{"inbound-handled", DataUpdated, "contact-event-05-contact-data-updated"},
		{"inbound-handled", Disconnected, "contact-event-06-disconnected"},
		{"inbound-handled", Completed, "contact-event-07-completed"},
		{"inbound-abandoned", Disconnected, "contact-event-08-disconnected-abandoned"},
	} {
		t.Run(s.sample, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join("testdata", "samples", s.sample+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want map[string]any
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			// We have our own ids; everything else is the same.
			for _, d := range tell(t, s.story) {
				if d.Type != s.typ {
					continue
				}
				var got map[string]any
				if err := json.Unmarshal(d.Data, &got); err != nil {
					t.Fatal(err)
				}
				if got["id"] != d.ID {
					t.Errorf("id %v in the document, %s beside it", got["id"], d.ID)
				}
				got["id"] = want["id"]
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				return
			}
			t.Fatalf("no %s in %s", s.typ, s.story)
		})
	}
}

func TestSequences(t *testing.T) {
	for name, want := range map[string]string{
		"inbound-handled":         "INITIATED CONNECTED_TO_SYSTEM QUEUED CONNECTED_TO_AGENT CONTACT_DATA_UPDATED DISCONNECTED COMPLETED",
		"inbound-abandoned":       "INITIATED CONNECTED_TO_SYSTEM QUEUED DISCONNECTED COMPLETED",
		"inbound-flow-disconnect": "INITIATED CONNECTED_TO_SYSTEM DISCONNECTED COMPLETED",
		"outbound-api-unanswered": "INITIATED DISCONNECTED COMPLETED",
		"task":                    "INITIATED CONNECTED_TO_SYSTEM QUEUED CONNECTED_TO_AGENT DISCONNECTED COMPLETED",
	} {
		var got []string
		for _, d := range tell(t, name) {
			got = append(got, d.Type)
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%s: got %s, want %s", name, g, want)
		}
	}
}

func TestNoMemberIsEverNull(t *testing.T) {
	var walk func(where string, v any)
	walk = func(where string, v any) {
		switch v := v.(type) {
		case nil:
			t.Errorf("%s is null", where)
		case map[string]any:
			for k, e := range v {
				walk(where+"/"+k, e)
			}
		case []any:
			for _, e := range v {
				walk(where, e)
			}
		}
	}
	for _, name := range stories {
		ids := map[string]bool{}
		for _, d := range tell(t, name) {
			var v map[string]any
			if err := json.Unmarshal(d.Data, &v); err != nil {
				t.Fatalf("%v: %s", err, d.Data)
			}
			walk(name, v)
			if ids[d.ID] {
				t.Errorf("%s: id %s twice", name, d.ID)
			}
			ids[d.ID] = true
		}
	}
}

func TestTheSameStepsGiveTheSameBytes(t *testing.T) {
	for _, name := range stories {
		if a, b := tell(t, name), tell(t, name); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: two tellings differ", name)
		}
	}
}

func TestAnEventAboutAnUnknownContactIsSilent(t *testing.T) {
	var c lifecycle.Contact
	if docs := Fold(center.Instance{}, key, &c, center.Stamp{}, []center.Event{center.ContactAttributesChanged{Contact: "x"}}); docs != nil {
		t.Errorf("got %s", docs[0].Data)
	}
}

func BenchmarkFold(b *testing.B) {
	_, _, inst, steps := load(b, "inbound-handled")
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		var c lifecycle.Contact
		for _, st := range steps {
			Fold(inst, key, &c, st.Stamp, st.Events)
			n++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/step")
}
