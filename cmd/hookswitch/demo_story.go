package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A scene is a call of the demo.
type scene struct {
	after time.Duration // the scene before it
	queue string
	tells string
	plan  callPlan
	deaf  bool // the first agent whom it rings at does not hear it
}

// openingScenes show in half a minute what can happen to a call. An offer rings for 20 seconds, as it does on AWS.
func openingScenes() []scene {
	return []scene{
		{0, "Sales", "a customer calls Sales", callPlan{talk: 3 * time.Second, hangup: "customer", attributes: map[string]string{"reason": "new order"}}, false},
		{1500 * time.Millisecond, "Billing", "a customer calls Billing, and will be put on hold", callPlan{talk: 9 * time.Second, hold: 3 * time.Second, hangup: "agent", attributes: map[string]string{"reason": "invoice"}}, false},
		{1500 * time.Millisecond, "Billing", "another customer calls Billing, where everybody is busy, and will give up", callPlan{patience: 4 * time.Second}, false},
		{1500 * time.Millisecond, "Support", "a customer calls Support; the first agent is not at the desk, the next one will answer", callPlan{talk: 4 * time.Second, hangup: "customer", attributes: map[string]string{"reason": "outage"}}, true},
	}
}

// laterScene is a call of any kind, some seconds after the one before.
func laterScene(r *rand.Rand) scene {
	seconds := func(least, most int) time.Duration { return time.Duration(least+r.IntN(most-least+1)) * time.Second }
	s := scene{after: seconds(5, 12), queue: demoQueues[r.IntN(len(demoQueues))]}
	s.tells = "a customer calls " + s.queue
	s.plan = callPlan{talk: seconds(4, 15), hangup: "customer", patience: 45 * time.Second}
	switch p := r.IntN(10); {
	case p == 0:
		s.deaf = true
	case p <= 2:
		s.plan.patience, s.deaf = seconds(3, 8), true
	case p <= 4:
		s.plan.hold = s.plan.talk / 3
		s.plan.hangup = "agent"
	case p <= 6:
		s.plan.hangup = "agent"
	}
	return s
}

// How quickly agents of the demo act.
const (
	demoRing      = 1200 * time.Millisecond // until an agent answers
	demoAfterWork = 1200 * time.Millisecond // until an agent clears
)

// day has customers call: the opening scenes, and then one call after the other until ctx ends, or with --once until the
// record of the last of them was published.
func (d *demo) day(ctx context.Context) error {
	for _, name := range d.center.agents {
		if err := d.c.post(ctx, d.center.instance.path("agents", name, "login"), nil, nil); err != nil {
			return err
		}
		if err := d.c.post(ctx, d.center.instance.path("agents", name, "status"), object{"status": "Available"}, nil); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	var calls sync.WaitGroup
	defer calls.Wait()
	defer cancel()
	failed := make(chan error, 1)
	play := func(s scene, n int) error {
		if err := d.c.pause(ctx, s.after); err != nil {
			return errors.Join(waiting(failed), err)
		}
		calls.Go(func() {
			if err := d.play(ctx, s, n); err != nil && ctx.Err() == nil {
				select {
				case failed <- err:
				default:
				}
				cancel()
			}
		})
		return nil
	}
	opening := openingScenes()
	for n, s := range opening {
		if err := play(s, n); err != nil {
			return err
		}
	}
	if d.flags.once {
		calls.Wait()
		return errors.Join(waiting(failed), d.settled(ctx, len(opening)))
	}
	r := rand.New(rand.NewPCG(2, 7))
	for n := len(opening); ; n++ {
		if err := play(laterScene(r), n); err != nil {
			return err
		}
	}
}

// play is one call.
func (d *demo) play(ctx context.Context, s scene, n int) error {
	s.plan.from, s.plan.to = fmt.Sprintf("+1425555%04d", 100+n%100), d.center.numbers[s.queue]
	if s.deaf {
		d.mu.Lock()
		d.deaf[s.plan.from] = true
		d.mu.Unlock()
	}
	d.narrate("%s: %s → %s", s.tells, s.plan.from, s.plan.to)
	_, err := d.c.runCall(ctx, d.center.instance, s.plan, func([]byte) error { return nil })
	return err
}

// settled waits until the records of so many contacts were published.
func (d *demo) settled(ctx context.Context, contacts int) error {
	for {
		d.mu.Lock()
		done := d.seen.ContactRecords >= contacts
		d.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-d.told:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// atDesk is an agent: it answers what rings, unless it does not hear it, and clears what is over.
func (d *demo) atDesk(ctx context.Context, name string) error {
	i := d.center.instance
	done := map[string]string{} // by contact: the state that was dealt with
	return d.c.follow(ctx, following{path: i.path("agents", name, "snapshots"), event: func(e serverEvent) error {
		var one agent
		if err := json.Unmarshal(e.data, &one); err != nil {
			return err
		}
		for id := range done {
			if one.state(id) == "" {
				delete(done, id)
			}
		}
		for _, contact := range one.Contacts {
			if done[contact.ID] == contact.State {
				continue
			}
			done[contact.ID] = contact.State
			wait, do := time.Duration(0), ""
			switch contact.State {
			case "CONNECTING":
				if !d.hears(ctx, contact.ID) {
					d.narrate("%s does not hear it ring", name)
					continue
				}
				wait, do = demoRing, "accept"
			case "ENDED", "MISSED", "REJECTED", "ERROR":
				wait, do = demoAfterWork, "clear"
			default:
				continue
			}
			if err := d.c.pause(ctx, wait); err != nil {
				return err
			}
			err := d.c.post(ctx, i.path("agents", name, "contacts", contact.ID, do), nil, nil)
			if err != nil && !refused(err, http.StatusConflict, http.StatusNotFound) { // the customer was quicker
				return err
			}
		}
		return nil
	}})
}

// hears reports whether the agent at whom a call rings hears it. A customer is not heard once only.
func (d *demo) hears(ctx context.Context, id string) bool {
	var k contact
	if d.c.get(ctx, d.center.instance.path("contacts", id), &k) != nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	deaf := d.deaf[k.Customer]
	delete(d.deaf, k.Customer)
	return !deaf
}

// read counts a document and returns what is shown of it.
func (d *demo) read(ctx context.Context, t *teller, data []byte) (string, error) {
	var p published
	if err := json.Unmarshal(data, &p); err != nil {
		return "", err
	}
	line := strings.TrimSpace(string(data))
	if !d.sh.json {
		line = t.line(ctx, p)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch p.Kind {
	case kindRecord:
		d.seen.ContactRecords++
	case kindAgentEvent:
		d.seen.AgentEvents++
		if _, text := t.agentEvent(p.Document); strings.Contains(text, "→ MISSED") {
			d.seen.Missed++
		}
	case kindContactEvent:
		d.seen.ContactEvents++
		var e struct {
			Detail struct {
				EventType string
				AgentInfo *struct{}
			}
		}
		if err := json.Unmarshal(p.Document, &e); err != nil {
			return "", err
		}
		switch {
		case e.Detail.EventType == "INITIATED":
			d.seen.Calls++
		case e.Detail.EventType == "CONNECTED_TO_AGENT":
			d.seen.Answered++
		case e.Detail.EventType == "DISCONNECTED" && e.Detail.AgentInfo == nil:
			d.seen.Abandoned++
		}
	}
	return line, nil
}
