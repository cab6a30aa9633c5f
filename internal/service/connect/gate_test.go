package connect

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/history"
	"github.com/hookswitch/hookswitch/internal/projection/live"
)

// slowCenter takes commands that need a lock one by one, each when the test says so, and counts how many wait for that.
type slowCenter struct {
	view    *live.View
	waiting *int
	mu      *sync.Mutex // guards waiting
	goOn    chan struct{}
	place   uint64
}

func (c *slowCenter) Submit(_ context.Context, cmd center.Command) (center.Step, error) {
	var e center.Event
	switch cmd := cmd.(type) {
	case center.ClaimPhoneNumber:
		cmd.Number.ID = "n"
		e = center.PhoneNumberSaved{Number: cmd.Number}
	case center.UpdateContactAttributes:
		if cmd.Stored == nil {
			return center.Step{}, &center.Refused{Reason: center.NotFound, Kind: center.KindContact}
		}
		e = center.ContactAttributesChanged{Contact: cmd.Contact, Set: cmd.Set}
	}
	c.mu.Lock()
	*c.waiting++
	c.mu.Unlock()
	<-c.goOn
	c.mu.Lock()
	*c.waiting--
	c.mu.Unlock()
	c.place++
	step := center.Step{Events: []center.Event{e}}
	c.view.Apply(c.place, step)
	return step, nil
}

func (c *slowCenter) View() *live.View { return c.view }

func (c *slowCenter) Contact(context.Context, center.ContactID) (lifecycle.Contact, bool, error) {
	return lifecycle.Contact{}, true, nil
}

// slowCenters are two instances, "a" and "b".
type slowCenters map[center.InstanceID]*slowCenter

func (s slowCenters) Create(context.Context, string, string, center.CreateInstance) error { return nil }
func (s slowCenters) Delete(context.Context, string, string, center.InstanceID) error     { return nil }
func (s slowCenters) Find(_, _ string, id center.InstanceID) (Center, error) {
	c, ok := s[id]
	if !ok {
		return nil, &center.Refused{Reason: center.NotFound, Kind: center.KindInstance, ID: string(id)}
	}
	return c, nil
}
func (s slowCenters) List(string, string) []Center { return []Center{s["a"], s["b"]} }

// TestOneAtATime: claims of numbers, and updates of one completed contact, wait for each other.
func TestOneAtATime(t *testing.T) {
	const calls = 4
	for name, call := range map[string]func(ctx context.Context, s *Service, i int) error{
		"claims": func(ctx context.Context, s *Service, i int) error {
			_, err := s.claimPhoneNumber(ctx, &connectapi.ClaimPhoneNumberInput{InstanceId: ptr(string("ab"[i%2])), PhoneNumber: ptr("+12065550100")})
			return err
		},
		"attributes": func(ctx context.Context, s *Service, i int) error {
			_, err := s.updateContactAttributes(ctx, &connectapi.UpdateContactAttributesInput{InstanceId: ptr("a"), InitialContactId: ptr("c"), Attributes: map[string]string{"k": "v"}})
			return err
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			waiting, goOn, all := 0, make(chan struct{}), slowCenters{}
			for _, id := range []center.InstanceID{"a", "b"} {
				d := directory.New()
				d.Instance = center.Instance{ID: id, ARN: "arn:aws:connect:r:1:instance/" + string(id)}
				all[id] = &slowCenter{view: live.New(0, d, nil, nil), waiting: &waiting, mu: &mu, goOn: goOn}
			}
			s := New(Config{Centers: all, Clock: clock.System{}})
			patience, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			done := make(chan error, calls+1)
			for i := range calls {
				go func() { done <- call(t.Context(), s, i) }()
			}
			synctest.Wait()
			go func() { done <- call(patience, s, 0) }()
			synctest.Wait()
			giveUp() // one that waits goes away
			for synctest.Wait(); len(done) <= calls; synctest.Wait() {
				mu.Lock()
				if waiting != 1 {
					t.Errorf("%s: %d at once", name, waiting)
				}
				mu.Unlock()
				goOn <- struct{}{}
			}
			failed := 0
			for range calls + 1 {
				if err := <-done; err != nil {
					failed++
				}
			}
			if want := map[string]int{"claims": 1 + calls/2, "attributes": 1}[name]; failed != want {
				t.Errorf("%s: %d were refused, want %d", name, failed, want)
			}
		})
	}
}

func (c *slowCenter) History(context.Context) (*history.History, error) { return nil, nil }
