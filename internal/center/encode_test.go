package center

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The form of a step on disk is the one that a plain json.Marshal of record gives, whatever writes it faster.
func TestEncodeWritesARecord(t *testing.T) {
	at := time.Date(2026, 3, 2, 17, 20, 24, 10e6, time.UTC)
	for name, s := range map[string]Step{
		"empty":    {Stamp: Stamp{At: at, Place: 1}},
		"closes":   {Stamp: Stamp{At: at, Place: 2, Closes: "1/0"}},
		"events":   {Stamp: Stamp{At: at, Place: 3}, Events: []Event{AgentLoggedIn{Agent: "a"}, ContactAttributesChanged{Contact: "c", Set: map[string]string{"b": "<&>\u2028", "a": "é"}}}},
		"effects":  {Stamp: Stamp{At: at, Place: 4}, Effects: []Effect{ReleaseLine{Contact: "c"}}},
		"both":     {Stamp: Stamp{At: at, Place: 5}, Events: []Event{InstanceDeleted{}}, Effects: []Effect{ReleaseLine{Contact: "c"}, ReleaseLine{Contact: "d"}}},
		"no words": {Events: []Event{}, Effects: []Effect{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Encode(s)
			if err != nil {
				t.Fatal(err)
			}
			r := record{Stamp: s.Stamp}
			for _, e := range s.Events {
				r.Events = append(r.Events, wordOf(t, e))
			}
			for _, e := range s.Effects {
				r.Effects = append(r.Effects, wordOf(t, e))
			}
			want, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			back, err := Decode(got)
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Events) > 0 && !cmp.Equal(back, s) {
				t.Errorf("decoded: %s", cmp.Diff(s, back))
			}
		})
	}
}

func wordOf(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(map[string]any{nameOf(v): v})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func nameOf(v any) string {
	switch v.(type) {
	case AgentLoggedIn:
		return "AgentLoggedIn"
	case ContactAttributesChanged:
		return "ContactAttributesChanged"
	case InstanceDeleted:
		return "InstanceDeleted"
	case ReleaseLine:
		return "ReleaseLine"
	}
	return "?"
}
