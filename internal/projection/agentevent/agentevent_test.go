package agentevent

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hookswitch/hookswitch/internal/center"
)

var update = flag.Bool("update", false, "write the documents that come out into testdata")

var key = []byte("key of the instance")

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

// tell folds a story. Before each step comes one heartbeat, if one is due and heartbeats says that the next one counts.
func tell(t testing.TB, name string, heartbeats int) (docs []Document, row Row) {
	t.Helper()
	_, _, inst, steps := load(t, name)
	for _, st := range steps {
		if due, ok := HeartbeatDue(&row, time.Time{}); ok && due.Before(st.Stamp.At) && heartbeats > 0 {
			heartbeats--
			var d []Document
			row, d = Tick(inst, key, row, due)
			docs = append(docs, d...)
		}
		var d []Document
		row, d = Fold(inst, key, row, st.Stamp, st.Events)
		if len(d) > 1 {
			t.Fatalf("step %d: %d documents of one agent", st.Stamp.Place, len(d))
		}
		docs = append(docs, d...)
	}
	return docs, row
}

func TestGoldenEvents(t *testing.T) {
	for name, heartbeats := range map[string]int{"one-day": 1, "quiet": 0} {
		t.Run(name, func(t *testing.T) {
			path, a, _, _ := load(t, name)
			docs, _ := tell(t, name, heartbeats)
			var got bytes.Buffer
			for _, d := range docs {
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

func TestTheDayOfTheSamplesComesOutAgain(t *testing.T) {
	samples, err := filepath.Glob("testdata/samples/agent-event-*.json")
	if err != nil || len(samples) != 16 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	docs, _ := tell(t, "one-day", 1)
	if len(docs) != len(samples) {
		t.Fatalf("got %d events, want %d", len(docs), len(samples))
	}
	for i, path := range samples {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var want, got map[string]any
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(docs[i].Data, &got); err != nil {
			t.Fatal(err)
		}
		if got["EventId"] != docs[i].ID || got["AgentARN"] != docs[i].Key {
			t.Errorf("%s: the document says %v of %v, beside it stands %s of %s", path, got["EventId"], got["AgentARN"], docs[i].ID, docs[i].Key)
		}
		got["EventId"] = want["EventId"]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

func TestEventsOfAnAgentFormAChain(t *testing.T) {
	stamp := regexp.MustCompile(`Timestamp":"[^"]*"`)
	whole := regexp.MustCompile(`Timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`)
	for _, name := range []string{"one-day", "quiet"} {
		docs, _ := tell(t, name, 1000)
		ids := map[string]bool{}
		var current json.RawMessage
		var last time.Time
		for i, d := range docs {
			var doc struct{ CurrentAgentSnapshot, PreviousAgentSnapshot json.RawMessage }
			if err := json.Unmarshal(d.Data, &doc); err != nil {
				t.Fatalf("%v: %s", err, d.Data)
			}
			if !d.Time.After(last) || ids[d.ID] {
				t.Errorf("%s: event %d at %s with id %s does not follow the one at %s", name, i, d.Time, d.ID, last)
			}
			if d.Type != Heartbeat && i > 0 && !bytes.Equal(doc.PreviousAgentSnapshot, current) {
				t.Errorf("%s: event %d: the previous snapshot is not the current one of the event before:\n%s\n%s", name, i, doc.PreviousAgentSnapshot, current)
			}
			if d.Type == Heartbeat && (bytes.Equal(doc.PreviousAgentSnapshot, doc.CurrentAgentSnapshot) || !bytes.Equal(doc.CurrentAgentSnapshot, current)) {
				t.Errorf("%s: heartbeat %d does not show the state as it stands and the last distinct one", name, i)
			}
			for _, s := range stamp.FindAll(d.Data, -1) {
				if !whole.Match(s) {
					t.Errorf("%s: event %d: %s", name, i, s)
				}
			}
			current, last, ids[d.ID] = doc.CurrentAgentSnapshot, d.Time, true
		}
	}
}

func TestHeartbeatsStopAnHourAfterLogout(t *testing.T) {
	_, _, inst, _ := load(t, "one-day")
	_, row := tell(t, "one-day", 0)
	logout, n := row.LoggedOutAt, 0
	for {
		due, ok := HeartbeatDue(&row, time.Time{})
		if !ok {
			break
		}
		var docs []Document
		row, docs = Tick(inst, key, row, due)
		if n++; docs[0].Time.After(logout.Add(HeartbeatTail)) || n > 100 {
			t.Fatalf("heartbeat %d at %s, logged out at %s", n, docs[0].Time, logout)
		}
	}
	if n != 30 {
		t.Errorf("%d heartbeats in the hour after logout, want 30", n)
	}
}

func TestHeartbeatDue(t *testing.T) {
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	var never Row
	if _, ok := HeartbeatDue(&never, at); ok {
		t.Error("an agent that was never there has a heartbeat")
	}
	in := Row{Seen: true, Last: at}
	in.Agent.LoggedIn = true
	if due, ok := HeartbeatDue(&in, time.Time{}); !ok || !due.Equal(at.Add(120*time.Second)) {
		t.Errorf("due %s, %t", due, ok)
	}
	if due, ok := HeartbeatDue(&in, at.Add(time.Minute)); !ok || !due.Equal(at.Add(180*time.Second)) {
		t.Errorf("counted from a minute later: due %s, %t", due, ok)
	}
	in.Agent.Removed = true
	if _, ok := HeartbeatDue(&in, at); ok {
		t.Error("a removed agent has a heartbeat")
	}
	onlyStatus := Row{Seen: true, Last: at}
	if _, ok := HeartbeatDue(&onlyStatus, at); ok {
		t.Error("an agent that was never logged in has a heartbeat")
	}
}

func TestFoldChangesNothingOfWhatCameIn(t *testing.T) {
	_, _, inst, steps := load(t, "quiet")
	var row Row
	for _, st := range steps {
		before, _ := row.Encode()
		again, first := Fold(inst, key, row, st.Stamp, st.Events)
		if after, _ := row.Encode(); !bytes.Equal(before, after) {
			t.Fatalf("step %d changed the row:\n%s\n%s", st.Stamp.Place, before, after)
		}
		var docs []Document
		row, docs = Fold(inst, key, row, st.Stamp, st.Events)
		if !reflect.DeepEqual(docs, first) || !reflect.DeepEqual(row, again) {
			t.Fatalf("step %d: two folds differ", st.Stamp.Place)
		}
		back, err := row.Encode()
		if err != nil {
			t.Fatal(err)
		}
		read, err := DecodeRow(back)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(row, read); diff != "" {
			t.Fatalf("step %d: a row that was stored differs (-was +is):\n%s", st.Stamp.Place, diff)
		}
		row = read
	}
}

func TestARowThatIsBrokenIsAnError(t *testing.T) {
	for _, b := range []string{"", "{}", "{}\n", "x\n\n", "{}\n{}"} {
		if _, err := DecodeRow([]byte(b)); err == nil {
			t.Errorf("%q was read", b)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	_, _, inst, steps := load(b, "one-day")
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		var row Row
		for _, st := range steps {
			row, _ = Fold(inst, key, row, st.Stamp, st.Events)
			n++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/step")
}

func BenchmarkTick(b *testing.B) {
	_, _, inst, steps := load(b, "one-day")
	var row Row
	for _, st := range steps[:6] {
		row, _ = Fold(inst, key, row, st.Stamp, st.Events)
	}
	b.ReportAllocs()
	for b.Loop() {
		row, _ = Tick(inst, key, row, row.Last.Add(HeartbeatAfter))
	}
}
