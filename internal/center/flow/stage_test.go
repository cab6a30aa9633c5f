package flow

import (
	"fmt"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// stage is a contact on which flows run, with all that comes of it.
type stage struct {
	d      *directory.Directory
	c      *lifecycle.Contact
	at     time.Time
	queued func(center.QueueID) int
	metric map[string]int
	events []center.Event
	asked  []center.Effect
	ids    int
	cache  Cache
	old    map[string]string // contents by digest
}

func (s *stage) scene() Scene {
	return Scene{
		Directory: s.d, At: s.at, Flows: &s.cache, Queued: s.queued,
		Pinned: func(digest string) (string, bool) { content, ok := s.old[digest]; return content, ok },
		Metric: func(typ string, q center.QueueID) int { return s.metric[typ+" "+string(q)] },
		NewID:  func() string { s.ids++; return center.DeriveID([]byte("key"), 1, s.ids) },
		Emit: func(e center.Event) {
			s.events = append(s.events, e)
			if center.ContactOf(e) == s.c.ID {
				if err := s.c.May(e); err != nil {
					panic(err)
				}
				s.c.Apply(s.at, e)
			}
		},
		Ask: func(e center.Effect) center.EffectID {
			s.asked = append(s.asked, e)
			return center.MakeEffectID(1, len(s.asked)-1)
		},
	}
}

func (s *stage) begin(on center.FlowOccasion, id center.FlowID) Outcome {
	return Begin(s.scene(), s.c, on, id)
}

func (s *stage) resume(why Cause) Outcome { return Resume(s.scene(), s.c, why) }

// elapse lets the contact wait for as long as it does.
func (s *stage) elapse() Outcome {
	s.at = s.c.Position.Until
	return s.resume(Elapsed{})
}

// heard returns what was said.
func (s *stage) heard() (words []string) {
	for _, e := range s.events {
		if p, ok := e.(center.FlowPlayed); ok {
			words = append(words, p.Text)
		}
	}
	return words
}

// ran is what came of a run: where it ended, and the events that were not about the run itself.
type ran struct {
	Events []center.Event
	Queue  center.QueueID
	End    End
}

// Run runs a flow to its end: whatever it waits for takes as long as it may.
func Run(d *directory.Directory, at time.Time, id center.FlowID, c *lifecycle.Contact, queued func(center.QueueID) int) ran {
	if c.ConnectedToSystemAt.IsZero() {
		c.Apply(at, center.ContactConnectedToSystem{Contact: c.ID})
	}
	s := &stage{d: d, c: c, at: at, queued: queued}
	out := s.begin(center.OwnFlow, id)
	for range 100 {
		if out.End != Waits || c.Position == nil {
			break
		}
		out = s.elapse()
	}
	got := ran{Queue: out.Queue, End: out.End}
	for _, e := range s.events {
		switch e.(type) {
		case center.FlowMoved, center.FlowPlayed, center.FlowNoted:
		default:
			got.Events = append(got.Events, e)
		}
	}
	return got
}

func (e End) String() string {
	return [...]string{"waits", "queues", "moves", "disconnects", "ends"}[e]
}

func (o Outcome) String() string { return fmt.Sprint(o.End, " ", o.Queue) }
