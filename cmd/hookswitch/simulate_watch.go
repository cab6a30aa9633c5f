package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/simulate"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// watch begins to follow what happens. It returns when nothing that happens from then on is missed. A following that
// breaks for good cancels.
func (sc *serverCenter) watch(ctx context.Context, cancel context.CancelCauseFunc, agents []center.AgentID) error {
	opened := make(chan struct{}, 1+len(agents))
	begin := func(path string, query url.Values, event func([]byte) error) {
		go func() {
			err := sc.c.follow(ctx, following{path: path, query: query, opened: func() { opened <- struct{}{} }, event: func(e serverEvent) error { return event(e.data) }})
			if err != nil && ctx.Err() == nil {
				cancel(err)
			}
		}()
	}
	begin("/events", url.Values{"kind": {kindContactEvent}, "instance": {sc.i.ID}}, func(data []byte) error { return sc.contactEvent(ctx, data) })
	for _, id := range agents {
		var before agent
		begin(sc.i.path("agents", string(id), "snapshots"), nil, func(data []byte) error {
			var now agent
			if err := json.Unmarshal(data, &now); err != nil {
				return err
			}
			err := sc.desk(ctx, id, before, now)
			before = now
			return err
		})
	}
	for range cap(opened) {
		select {
		case <-opened:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// Observed returns what happens.
func (sc *serverCenter) Observed() <-chan simulate.Observed { return sc.observed }

// tell passes something on. mu is held, so that order is kept.
func (sc *serverCenter) tell(ctx context.Context, o simulate.Observed) error {
	select {
	case sc.observed <- o:
		sc.count.Observe(o.At, o.Event)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// contactEvent turns a document into what happened.
func (sc *serverCenter) contactEvent(ctx context.Context, data []byte) error {
	var p struct {
		Time     time.Time
		Document struct {
			Detail struct{ ContactID, Channel, InitiationMethod, EventType, DisconnectReason string }
		}
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	d := p.Document.Detail
	id := center.ContactID(d.ContactID)
	var c contact
	if d.EventType == "INITIATED" || d.EventType == "QUEUED" {
		if err := sc.c.get(ctx, sc.i.path("contacts", d.ContactID), &c); err != nil && !refused(err, http.StatusNotFound) {
			return err
		}
	}
	var e center.Event
	switch d.EventType {
	case "INITIATED":
		if d.Channel == string(center.Chat) && d.InitiationMethod == "API" {
			return nil // startChat has told
		}
		e = center.ContactInitiated{Contact: id, Channel: center.Channel(d.Channel), Method: d.InitiationMethod, Name: c.Name, Customer: &center.Endpoint{Address: c.Customer}}
	case "QUEUED":
		e = center.ContactQueued{Contact: id, Queue: center.Ref{Name: c.Queue}}
	case "DISCONNECTED":
		e = center.ContactDisconnected{Contact: id, Reason: d.DisconnectReason}
	case "COMPLETED":
		e = center.ContactCompleted{Contact: id}
	default:
		return nil
	}
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if err := sc.tell(ctx, simulate.Observed{At: p.Time, Event: e}); err != nil {
		return err
	}
	switch d.EventType {
	case "QUEUED":
		sc.queued[id] = true
		for _, o := range sc.parked[id] {
			if err := sc.tell(ctx, o); err != nil {
				return err
			}
		}
		delete(sc.parked, id)
	case "COMPLETED":
		delete(sc.queued, id)
	}
	return nil
}

// desk turns the difference of two snapshots into what happened.
func (sc *serverCenter) desk(ctx context.Context, id center.AgentID, before, now agent) error {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	at := now.Status.Since
	for _, c := range now.Contacts {
		if c.Since.After(at) {
			at = c.Since
		}
	}
	for _, c := range now.Contacts {
		e := becomes(center.ContactID(c.ID), id, center.Channel(c.Channel), before.state(c.ID), c.State)
		if e == nil {
			continue
		}
		if err := sc.atDesk(ctx, center.ContactID(c.ID), simulate.Observed{At: c.Since, Event: e}); err != nil {
			return err
		}
		if _, connected := e.(center.ContactConnected); connected && c.Channel == string(center.Chat) {
			joined := center.ChatItemAdded{Contact: center.ContactID(c.ID), ContentType: center.ChatJoined, Role: center.RoleAgent, Participant: asAgent}
			if err := sc.atDesk(ctx, center.ContactID(c.ID), simulate.Observed{At: c.Since, Event: joined}); err != nil {
				return err
			}
		}
	}
	for _, c := range before.Contacts {
		if now.state(c.ID) != "" {
			continue
		}
		// No snapshot says when a contact was taken off the desk.
		cleared := at
		for _, t := range []time.Time{c.Since, sc.now()} {
			if t.After(cleared) {
				cleared = t
			}
		}
		if err := sc.atDesk(ctx, center.ContactID(c.ID), simulate.Observed{At: cleared, Event: center.ContactCleared{Contact: center.ContactID(c.ID), Agent: id}}); err != nil {
			return err
		}
	}
	if now.LoggedIn != before.LoggedIn {
		e := center.Event(center.AgentLoggedIn{Agent: id})
		if !now.LoggedIn {
			e = center.AgentLoggedOut{Agent: id}
		}
		if err := sc.tell(ctx, simulate.Observed{At: at, Event: e}); err != nil {
			return err
		}
	}
	if now.Status.ID != before.Status.ID {
		return sc.tell(ctx, simulate.Observed{At: now.Status.Since, Event: center.AgentStatusChanged{
			Agent: id, Status: center.StatusRef{ID: center.AgentStatusID(now.Status.ID), Name: now.Status.Name, Type: center.StatusType(now.Status.Type)},
		}})
	}
	return nil
}

// atDesk passes on what happened to a contact at a desk, but not before it was seen in a queue.
func (sc *serverCenter) atDesk(ctx context.Context, id center.ContactID, o simulate.Observed) error {
	if _, cleared := o.Event.(center.ContactCleared); !sc.queued[id] && !cleared {
		sc.parked[id] = append(sc.parked[id], o)
		return nil
	}
	return sc.tell(ctx, o)
}

// becomes is what happened to a contact on a desk whose state is another now; nil: nothing.
func becomes(id center.ContactID, agent center.AgentID, channel center.Channel, was, is string) center.Event {
	if was == is {
		return nil
	}
	switch is {
	case center.AgentContactConnecting:
		return center.ContactOffered{Contact: id, Agent: agent, Channel: channel}
	case center.AgentContactConnected:
		if was == center.AgentContactOnHold {
			return center.ContactResumed{Contact: id, Agent: agent}
		}
		return center.ContactConnected{Contact: id, Agent: agent}
	case center.AgentContactOnHold:
		return center.ContactHeld{Contact: id, Agent: agent}
	case center.AgentContactEnded:
		return center.ContactLeft{Contact: id, Agent: agent}
	}
	return center.ContactMissed{Contact: id, Agent: agent, State: is}
}

// lookEvery is how often flows are looked at that ask callers for keys, and keysSpeedMax how many times as fast as people
// callers can be for that to be often enough.
const (
	lookEvery    = 200 * time.Millisecond
	keysSpeedMax = 10
)

// asksKeys begins to tell when flows wait for keys, if any caller would press some.
func (sc *serverCenter) asksKeys(ctx context.Context, cancel context.CancelCauseFunc, s *scenario.Scenario) {
	if !pressesKeys(s) {
		return
	}
	for _, f := range s.Instance.Flows {
		sc.callsBack = sc.callsBack || f.Callback != nil
	}
	go func() {
		seen := map[string]string{} // where contacts stood when they were looked at last
		for clock.Sleep(ctx, clock.System{}, lookEvery) == nil {
			if err := sc.look(ctx, seen); err != nil && ctx.Err() == nil {
				cancel(err)
				return
			}
		}
	}()
}

func pressesKeys(s *scenario.Scenario) bool {
	return s != nil && slices.ContainsFunc(s.Callers.Intents, func(i scenario.Intent) bool { return len(i.Keys)+len(i.Utterances) > 0 || i.Callback > 0 })
}

// look tells of all contacts that have begun to wait for keys since the last time.
func (sc *serverCenter) look(ctx context.Context, seen map[string]string) error {
	var open struct{ Contacts []contact }
	if err := sc.c.get(ctx, sc.i.path("contacts"), &open); err != nil {
		return err
	}
	there := map[string]bool{}
	for _, c := range open.Contacts {
		if c.Flow == nil {
			continue
		}
		there[c.ID] = true
		place := fmt.Sprint(c.Flow.ID, c.Flow.Block, c.Flow.Until)
		if seen[c.ID] == place {
			continue
		}
		seen[c.ID] = place
		p := &center.FlowPosition{Occasion: center.FlowOccasion(c.Flow.Occasion), Block: c.Flow.Block, Wait: center.FlowWait(c.Flow.WaitsFor)}
		sc.mu.Lock()
		err := sc.tell(ctx, simulate.Observed{At: c.InitiatedAt, Event: center.FlowMoved{Contact: center.ContactID(c.ID), To: p}})
		sc.mu.Unlock()
		if err != nil {
			return err
		}
	}
	maps.DeleteFunc(seen, func(id, _ string) bool { return !there[id] })
	return nil
}
