package machine

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/flow"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// State is all that the machine knows. It round-trips through JSON.
type State struct {
	Directory   *directory.Directory
	Agents      map[center.AgentID]*lifecycle.Agent
	Contacts    map[center.ContactID]*lifecycle.Contact // open ones: a completed contact is let go of
	Outstanding []Outstanding                           `json:",omitempty"` // effects that nothing has closed, oldest first
	Pinned      map[string]Pinned                       `json:",omitempty"` // contents of flows, by digest, that contacts stand in and that were published anew since
	Tokens      []Token                                 `json:",omitempty"` // client tokens that still repeat their answer, oldest first
	Place       uint64                                  // of the newest step
	At          time.Time                               // of the newest step
}

// Token is a client token and the contact that it led to.
type Token struct {
	Token   string // with the operation it belongs to
	Contact center.ContactID
	At      time.Time // when it was first used
}

// Outstanding is an effect that nothing has closed yet.
type Outstanding struct {
	ID     center.EffectID
	Effect center.Effect
}

// outstandingJSON holds the effect as a journal does, in a step of its own.
type outstandingJSON struct {
	ID   center.EffectID
	Step json.RawMessage
}

// MarshalJSON writes the effect in the journal's form.
func (o Outstanding) MarshalJSON() ([]byte, error) {
	b, err := center.Encode(center.Step{Effects: []center.Effect{o.Effect}})
	if err != nil {
		return nil, err
	}
	return json.Marshal(outstandingJSON{ID: o.ID, Step: b})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (o *Outstanding) UnmarshalJSON(b []byte) error {
	var v outstandingJSON
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	step, err := center.Decode(v.Step)
	if err != nil {
		return err
	}
	if len(step.Effects) != 1 {
		return fmt.Errorf("effect %s: %d effects", v.ID, len(step.Effects))
	}
	o.ID, o.Effect = v.ID, step.Effects[0]
	return nil
}

// Machine is one contact center. It belongs to one goroutine.
type Machine struct {
	state  *State
	index  index
	limits limits
	tokens map[string]Token // of state.Tokens
	flows  flow.Cache
}

// New returns a machine that knows nothing. Its first command is CreateInstance.
func New() *Machine {
	return from(&State{Directory: directory.New()})
}

// Restore returns the machine that wrote the checkpoint.
func Restore(checkpoint []byte) (*Machine, error) {
	s := &State{Directory: directory.New()}
	if err := json.Unmarshal(checkpoint, s); err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	if s.Directory == nil {
		return nil, fmt.Errorf("read checkpoint: no directory")
	}
	return from(s), nil
}

func from(s *State) *Machine {
	if s.Agents == nil {
		s.Agents = map[center.AgentID]*lifecycle.Agent{}
	}
	if s.Contacts == nil {
		s.Contacts = map[center.ContactID]*lifecycle.Contact{}
	}
	m := &Machine{state: s, limits: usualLimits, tokens: make(map[string]Token, len(s.Tokens))}
	for _, t := range s.Tokens {
		m.tokens[t.Token] = t
	}
	m.index.stale, m.index.cold = true, true
	return m
}

// Checkpoint writes the whole machine for Restore. The same state always gives the same bytes.
func (m *Machine) Checkpoint() ([]byte, error) {
	b, err := json.Marshal(m.state)
	if err != nil {
		return nil, fmt.Errorf("write checkpoint: %w", err)
	}
	return b, nil
}

// State returns what the machine knows, alive: only the machine's owner may look, and no one may change it.
func (m *Machine) State() *State { return m.state }

// Step decides what the command leads to, applies it, and returns it. The error of a command that cannot be honoured is
// a *center.Refused, and nothing has changed. A command that changes nothing leads to an empty step, and so does one that
// answers an effect which is closed already; neither needs to be kept. An effect whose answer is refused stays outstanding.
func (m *Machine) Step(stamp center.Stamp, cmd center.Command) (center.Step, error) {
	if stamp.At.Before(m.state.At) || stamp.Place <= m.state.Place {
		panic(Broken{Name: "stamp order", Detail: fmt.Sprintf("place %d at %s after place %d at %s",
			stamp.Place, stamp.At, m.state.Place, m.state.At)})
	}
	if stamp.Closes != "" && m.outstanding(stamp.Closes) < 0 {
		return center.Step{}, nil
	}
	m.ready()
	t := &turn{m: m, at: stamp.At, place: stamp.Place, closes: stamp.Closes}
	if err := t.decide(cmd); err != nil {
		if len(t.events)+len(t.effects) > 0 {
			panic(Broken{Name: "refused changes nothing", Detail: fmt.Sprintf("%T: %v", cmd, err)})
		}
		return center.Step{}, err
	}
	step := center.Step{Stamp: stamp, Events: t.events, Effects: t.effects}
	if step.Empty() {
		return center.Step{}, nil
	}
	m.close(step)
	m.refresh()
	return step, nil
}

// Apply folds a step that was committed before back in, at recovery. It cannot fail.
func (m *Machine) Apply(step center.Step) {
	m.index.stale, m.index.cold = true, true
	for _, e := range step.Events {
		m.fold(step.Stamp.At, e)
	}
	m.close(step)
}

// Outstanding returns the effects that nothing has closed yet, oldest first.
func (m *Machine) Outstanding() []Outstanding { return slices.Clone(m.state.Outstanding) }

// fold makes one event true.
func (m *Machine) fold(at time.Time, e center.Event) {
	s := m.state
	if agent := center.AgentOf(e); agent != "" {
		m.foldAgent(at, agent, e)
	}
	if contact := center.ContactOf(e); contact != "" {
		m.foldContact(at, contact, e)
		return
	}
	switch e := e.(type) {
	case center.FlowSaved:
		m.pin(e.Flow.ID, e.Flow.Content)
		m.index.defaults = nil
	case center.ResourceDeleted:
		if e.Kind == center.KindFlow || e.Kind == center.KindModule {
			m.pin(center.FlowID(e.ID), "")
		}
		m.index.defaults = nil
	}
	s.Directory.Apply(at, e)
	switch e := e.(type) {
	case center.InstanceDeleted:
		clear(s.Agents)
		clear(s.Contacts)
		s.Pinned = nil
		m.index.stale = true
	case center.RoutingProfileSaved:
		m.index.stale = true
	case center.PhoneNumberSaved:
		m.index.numbers = nil
	case center.ResourceDeleted:
		m.index.numbers = nil
		m.index.stale = m.index.stale || e.Kind == center.KindRoutingProfile
	}
}

func (m *Machine) foldAgent(at time.Time, id center.AgentID, e center.Event) {
	a := m.state.Agents[id]
	switch e.(type) {
	case center.AgentConfigured:
		if a == nil {
			a = &lifecycle.Agent{}
			m.state.Agents[id] = a
		}
	case center.AgentRemoved:
		delete(m.state.Agents, id)
	}
	if a != nil {
		a.Apply(at, e)
		m.index.touchAgent(id)
	}
}

func (m *Machine) foldContact(at time.Time, id center.ContactID, e center.Event) {
	s := m.state
	c := s.Contacts[id]
	if init, ok := e.(center.ContactInitiated); ok {
		c = &lifecycle.Contact{}
		s.Contacts[id] = c
		if init.ClientToken != "" {
			t := Token{Token: tokenKey(init.Channel, init.ClientToken), Contact: id, At: at}
			s.Tokens = append(s.Tokens, t)
			m.tokens[t.Token] = t
		}
	}
	if c == nil {
		return // let go of: only data, or a missed contact that is cleared
	}
	was := c.Position
	c.Apply(at, e)
	if len(s.Pinned) > 0 && was != c.Position {
		m.repin(was, c.Position)
	}
	m.index.touchContact(id)
	switch e := e.(type) {
	case center.ContactConnectedToSystem, center.ContactDisconnected:
		m.dropEffects(id)
	case center.PartyConnected:
		m.dropEffects(e.Party)
	case center.PartyLeft:
		m.dropEffects(e.Party)
	case center.ContactCompleted:
		delete(s.Contacts, id)
	}
}

// close takes what a step says besides its events: where it stands, which effects it asks for, which one it closes.
func (m *Machine) close(step center.Step) {
	s := m.state
	s.Place, s.At = step.Stamp.Place, step.Stamp.At
	if i := m.outstanding(step.Stamp.Closes); i >= 0 {
		s.Outstanding = cut(s.Outstanding, i)
	}
	for i, e := range step.Effects {
		if s.pointless(e) {
			continue // over already
		}
		s.Outstanding = append(s.Outstanding, Outstanding{ID: center.MakeEffectID(step.Stamp.Place, i), Effect: e})
	}
	n := 0
	for n < len(s.Tokens) && !s.At.Before(s.Tokens[n].At.Add(center.TokenLife)) {
		if m.tokens[s.Tokens[n].Token].At.Equal(s.Tokens[n].At) {
			delete(m.tokens, s.Tokens[n].Token)
		}
		n++
	}
	if s.Tokens = s.Tokens[n:]; len(s.Tokens) == 0 {
		s.Tokens = nil // as a state read from a checkpoint has it
	}
}

// pointless reports whether what an effect is about is over.
func (s *State) pointless(e center.Effect) bool {
	if d, ok := e.(center.DialParty); ok {
		c := s.Contacts[d.Contact]
		return c == nil || c.Party(d.Party) == nil
	}
	id := center.ContactOfEffect(e)
	return id != "" && s.Contacts[id] == nil
}

func (m *Machine) outstanding(id center.EffectID) int {
	if id == "" {
		return -1
	}
	for i := range m.state.Outstanding {
		if m.state.Outstanding[i].ID == id {
			return i
		}
	}
	return -1
}

// dropEffects forgets the effects that the end of a contact's dialling makes pointless.
func (m *Machine) dropEffects(id center.ContactID) {
	out := m.state.Outstanding
	for i := 0; i < len(out); {
		if center.ContactOfEffect(out[i].Effect) == id {
			out = cut(out, i)
		} else {
			i++
		}
	}
	m.state.Outstanding = out
}

// cut takes one out; nothing left is nil, as a state read from a checkpoint has it.
func cut(out []Outstanding, i int) []Outstanding {
	if len(out) == 1 {
		return nil
	}
	if i == 0 {
		return out[1:]
	}
	return append(out[:i], out[i+1:]...)
}

func tokenKey(ch center.Channel, token string) string { return string(ch) + "/" + token }
