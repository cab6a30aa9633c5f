package contactrecord

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

var update = flag.Bool("update", false, "write the documents that come out into testdata")

// story is one contact's life: the steps that made it.
type story struct {
	path    string
	archive *txtar.Archive
	inst    center.Instance
	steps   []center.Step
	last    time.Time
}

func load(t testing.TB, name string) *story {
	t.Helper()
	s := &story{path: filepath.Join("testdata", name+".txtar")}
	a, err := txtar.ParseFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	s.archive = a
	for _, f := range a.Files {
		switch f.Name {
		case "instance.json":
			err = json.Unmarshal(f.Data, &s.inst)
		case "last-update":
			s.last, err = time.Parse(time.RFC3339, strings.TrimSpace(string(f.Data)))
		case "steps.jsonl":
			for sc := bufio.NewScanner(bytes.NewReader(f.Data)); sc.Scan() && err == nil; {
				var st center.Step
				st, err = center.Decode(sc.Bytes())
				s.steps = append(s.steps, st)
			}
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", s.path, f.Name, err)
		}
	}
	return s
}

// fold returns the contact after the first n steps.
func (s *story) fold(n int) lifecycle.Contact {
	var c lifecycle.Contact
	for _, st := range s.steps[:n] {
		for _, e := range st.Events {
			c.Apply(st.Stamp.At, e)
		}
	}
	return c
}

func (s *story) record() []byte { return Render(s.inst, s.fold(len(s.steps)), s.last) }

func (s *story) check(t *testing.T, got []byte) {
	t.Helper()
	want := &s.archive.Files[len(s.archive.Files)-1]
	if *update {
		want.Data = append(bytes.Clone(got), '\n')
		if err := os.WriteFile(s.path, txtar.Format(s.archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.TrimSpace(string(want.Data)), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", s.path, diff)
	}
}

var stories = []struct {
	name   string
	sample string          // the published record this life should give; empty: none
	ours   map[string]bool // paths where we know less than the sample: its null is right for us
}{
	{"inbound-handled", "ctr-inbound-handled", map[string]bool{"/QualityMetrics": true, "/Recording": true, "/Recordings": true}},
	{"inbound-abandoned", "ctr-inbound-abandoned-in-queue", nil},
	{"inbound-flow-disconnect", "ctr-inbound-flow-disconnect", nil},
	{"outbound-api-unanswered", "ctr-outbound-api-unanswered", nil},
	// The task of the sample was paused for 300 s; ours was worked on all the time.
	{"task", "ctr-task", map[string]bool{"/Agent/AgentInteractionDuration": true, "/Agent/AgentPauseDurationInSeconds": true,
		"/LastPausedTimestamp": true, "/LastResumedTimestamp": true, "/TotalPauseCount": true, "/TotalPauseDurationInSeconds": true}},
	{"agent-queue", "", nil},
}

func TestGoldenRecords(t *testing.T) {
	for _, st := range stories {
		t.Run(st.name, func(t *testing.T) {
			s := load(t, st.name)
			got := s.record()
			s.check(t, got)
			arithmetic(t, got)
			sorted(t, got)
		})
	}
}

func TestRecordsAreThoseOfTheSamples(t *testing.T) {
	for _, st := range stories {
		if st.sample == "" {
			continue
		}
		t.Run(st.sample, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join("testdata", "samples", st.sample+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var want, got map[string]any
			unmarshal(t, raw, &want)
			unmarshal(t, load(t, st.name).record(), &got)
			compare(t, "", want, got, st.ours)
			arithmetic(t, raw)
		})
	}
}

// compare wants the same members everywhere, and the same values except at the paths in ours.
func compare(t *testing.T, path string, want, got any, ours map[string]bool) {
	t.Helper()
	if ours[path] {
		return
	}
	w, isMap := want.(map[string]any)
	g, isMapToo := got.(map[string]any)
	if !isMap || !isMapToo {
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
		return
	}
	for k := range w {
		if _, ok := g[k]; !ok {
			t.Errorf("%s/%s is missing", path, k)
			continue
		}
		compare(t, path+"/"+k, w[k], g[k], ours)
	}
	for k := range g {
		if _, ok := w[k]; !ok {
			t.Errorf("%s/%s is not in the sample", path, k)
		}
	}
}

// arithmetic checks that durations are the differences of the times beside them.
func arithmetic(t *testing.T, raw []byte) {
	t.Helper()
	var r struct {
		ConnectedToSystemTimestamp, InitiationTimestamp, DisconnectTimestamp, LastUpdateTimestamp string
		Agent                                                                                     *struct {
			ConnectedToAgentTimestamp, AfterContactWorkStartTimestamp, AfterContactWorkEndTimestamp string
			AfterContactWorkDuration, AgentInteractionDuration, CustomerHoldDuration                int
			AgentInitiatedHoldDuration, LongestHoldDuration, AgentPauseDurationInSeconds            int
		}
		Queue *struct {
			EnqueueTimestamp, DequeueTimestamp string
			Duration                           int
		}
	}
	unmarshal(t, raw, &r)
	at := func(s string) int {
		p, err := time.Parse("2006-01-02T15:04:05Z", s)
		if err != nil {
			t.Fatalf("not whole seconds: %v", err)
		}
		return int(p.Unix())
	}
	if q := r.Queue; q != nil && at(q.DequeueTimestamp)-at(q.EnqueueTimestamp) != q.Duration {
		t.Errorf("Queue.Duration %d is not %s - %s", q.Duration, q.DequeueTimestamp, q.EnqueueTimestamp)
	}
	if a := r.Agent; a != nil {
		if got := at(a.AfterContactWorkEndTimestamp) - at(a.AfterContactWorkStartTimestamp); got != a.AfterContactWorkDuration {
			t.Errorf("AfterContactWorkDuration %d, its ends say %d", a.AfterContactWorkDuration, got)
		}
		spent := a.AgentInteractionDuration + a.CustomerHoldDuration + a.AgentPauseDurationInSeconds
		if got := at(a.AfterContactWorkStartTimestamp) - at(a.ConnectedToAgentTimestamp); got != spent {
			t.Errorf("interaction + hold + pause is %d, the conversation lasted %d", spent, got)
		}
		if a.LongestHoldDuration > a.CustomerHoldDuration || a.AgentInitiatedHoldDuration != a.CustomerHoldDuration {
			t.Errorf("holds: %+v", a)
		}
		if r.Queue != nil && r.Queue.DequeueTimestamp != a.ConnectedToAgentTimestamp {
			t.Errorf("dequeued at %s, connected at %s", r.Queue.DequeueTimestamp, a.ConnectedToAgentTimestamp)
		}
	} else if r.Queue != nil && r.Queue.DequeueTimestamp != r.DisconnectTimestamp {
		t.Errorf("abandoned at %s, dequeued at %s", r.DisconnectTimestamp, r.Queue.DequeueTimestamp)
	}
	if at(r.LastUpdateTimestamp) < at(r.DisconnectTimestamp) {
		t.Error("published before the end")
	}
}

// sorted checks that the members of every object stand in order.
func sorted(t *testing.T, raw []byte) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	var object func()
	value := func(tok json.Token) {
		if d, ok := tok.(json.Delim); ok && d == '{' {
			object()
		}
	}
	object = func() {
		last := ""
		for dec.More() {
			k, err := dec.Token()
			if err != nil {
				t.Fatal(err)
			}
			if key := k.(string); key <= last && last != "" {
				t.Errorf("%q stands after %q", key, last)
			} else {
				last = key
			}
			tok, _ := dec.Token()
			if d, ok := tok.(json.Delim); ok && d == '[' {
				for dec.More() {
					el, _ := dec.Token()
					value(el)
				}
				dec.Token()
				continue
			}
			value(tok)
		}
		dec.Token()
	}
	tok, err := dec.Token()
	if err != nil {
		t.Fatal(err)
	}
	value(tok)
}

func TestARecordOfALaterChangeDiffersOnlyInAttributesAndLastUpdate(t *testing.T) {
	s := load(t, "inbound-handled")
	before := s.record()
	c := s.fold(len(s.steps))
	at := time.Date(2026, 3, 7, 3, 41, 31, 0, time.UTC)
	c.Apply(at, center.ContactAttributesChanged{Contact: c.ID, Set: map[string]string{"disposition": "resolved"}})
	var was, is map[string]any
	unmarshal(t, before, &was)
	unmarshal(t, Render(s.inst, c, at.Add(time.Second)), &is)
	var changed []string
	for k := range is {
		if !reflect.DeepEqual(was[k], is[k]) {
			changed = append(changed, k)
		}
	}
	slices.Sort(changed)
	if diff := cmp.Diff([]string{"Attributes", "LastUpdateTimestamp"}, changed); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if got, want := is["LastUpdateTimestamp"], "2026-03-07T03:41:32Z"; got != want {
		t.Errorf("LastUpdateTimestamp: got %v, want %s", got, want)
	}
}

func TestEveryMemberThatConsumersReadIsThere(t *testing.T) {
	raw, err := os.ReadFile("testdata/samples/ctr-key-evidence.json")
	if err != nil {
		t.Fatal(err)
	}
	var evidence map[string][]string
	unmarshal(t, raw, &evidence)
	for _, st := range stories {
		var got map[string]any
		unmarshal(t, load(t, st.name).record(), &got)
		for _, set := range []string{"keys_hard_indexed_by_public_consumers", "observed_top_level_keys_2022", "added_by_late_2023_observed"} {
			for _, k := range evidence[set] {
				if _, ok := got[k]; !ok {
					t.Errorf("%s: %s (%s) is missing", st.name, k, set)
				}
			}
		}
	}
}

func TestAContactInTheMiddleOfItsLifeRendersToo(t *testing.T) {
	for _, st := range stories {
		s := load(t, st.name)
		for n := range s.steps {
			if doc := Render(s.inst, s.fold(n), s.last); !json.Valid(doc) {
				t.Errorf("%s after %d steps: %s", st.name, n, doc)
			}
		}
	}
}

func unmarshal(t *testing.T, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
}

func BenchmarkRender(b *testing.B) {
	s := load(b, "inbound-handled")
	c := s.fold(len(s.steps))
	buf := make([]byte, 0, 8<<10)
	b.ReportAllocs()
	for b.Loop() {
		buf = Append(buf[:0], s.inst, &c, s.last)
	}
	b.SetBytes(int64(len(buf)))
}
