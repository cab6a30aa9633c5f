package golden

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/machine"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/outbox"
	"github.com/hookswitch/hookswitch/internal/simulate/audit"
	"github.com/hookswitch/hookswitch/internal/storage"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

const (
	instanceID  = "aaaaaaaa-bbbb-4ccc-8ddd-111111111111"
	instanceARN = "arn:aws:connect:us-east-1:111122223333:instance/" + instanceID
	recordsARN  = "arn:aws:kinesis:us-east-1:111122223333:stream/records"
	eventsARN   = "arn:aws:kinesis:us-east-1:111122223333:stream/events"
	number      = "+18005550199"
	roundsMax   = 10_000 // of work without time passing
)

var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// stage is a contact center with all that is behind it, on a clock that stands still until told to move.
type stage struct {
	t      *testing.T
	ctx    context.Context
	clock  *clock.Virtual
	engine *memory.Engine
	sb     *switchboard.Switchboard
	box    *outbox.Outbox
	feed   *outbox.Feed
	files  []file

	names    map[string]string // of ids, for documents
	ids      map[string]string // by name, for scripts
	contacts int
	parties  int

	records, agentEvents [][]byte
	delivered            map[string]bool
}

func newStage(t *testing.T, files []file) *stage {
	s := &stage{
		t: t, ctx: t.Context(), clock: clock.NewVirtual(start), files: files, names: map[string]string{}, ids: map[string]string{},
		delivered: map[string]bool{}, feed: &outbox.Feed{ItemsMax: 1 << 20},
	}
	s.engine = memory.New(memory.Config{Clock: s.clock})
	s.name(instanceID, "instance")
	s.open()
	return s
}

// open opens everything on what the engine holds.
func (s *stage) open() {
	s.t.Helper()
	log, err := s.engine.Open(s.ctx, "cc-"+instanceID, storage.Config{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.sb, err = switchboard.Open(s.ctx, switchboard.Config{
		Log: log, Clock: s.clock, Perform: perform,
		Subscribe: []func(uint64, center.Step){func(_ uint64, step center.Step) { s.learn(step) }},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.box = nil
}

// perform leaves calls to the script, which says what comes of them.
func perform(_ context.Context, _ center.EffectID, e center.Effect) (center.Command, error) {
	if _, ok := e.(center.ReleaseLine); ok {
		return center.Done{}, nil
	}
	return nil, nil
}

// do gives the center a command and lets everything that follows from it happen.
func (s *stage) do(cmd center.Command, closes center.EffectID) (center.Step, error) {
	s.t.Helper()
	var step center.Step
	err := errors.New("not answered")
	if e := s.sb.Post(closes, cmd, func(r switchboard.Result, why error) { step, err = r.Step, why }); e != nil {
		s.t.Fatal(e)
	}
	s.settle()
	return step, err
}

func (s *stage) must(cmd center.Command) {
	s.t.Helper()
	if _, err := s.do(cmd, ""); err != nil {
		s.t.Fatalf("%#v: %v", cmd, err)
	}
}

// settle works until there is nothing to do at this time.
func (s *stage) settle() {
	s.t.Helper()
	for range roundsMax {
		busy, err := s.sb.Work(s.ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if s.box == nil && s.sb.State().Directory.Instance.ID != "" {
			s.openBox()
		}
		if s.box != nil {
			more, err := s.box.Work(s.ctx)
			if err != nil {
				s.t.Fatal(err)
			}
			busy = busy || more
		}
		if !busy {
			return
		}
	}
	s.t.Fatal("it never comes to rest")
}

func (s *stage) openBox() {
	s.t.Helper()
	log, err := s.engine.Open(s.ctx, "cc-"+instanceID, storage.Config{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.box, err = outbox.Open(s.ctx, outbox.Config{
		Instance: instanceID, Journal: journal.New(journal.Config{Log: log}), Engine: s.engine, Exchange: s, Feed: s.feed, Clock: s.clock,
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// to lets time pass until then.
func (s *stage) to(at time.Time) {
	s.t.Helper()
	for {
		s.settle()
		next := at
		if due, ok := s.sb.Deadline(); ok && due.Before(next) {
			next = due
		}
		if s.box != nil {
			if due, ok := s.box.Deadline(); ok && due.Before(next) {
				next = due
			}
		}
		if !next.After(s.clock.Now()) && at.After(s.clock.Now()) {
			next = s.clock.Now().Add(time.Millisecond)
		}
		if err := s.clock.Advance(max(0, next.Sub(s.clock.Now()))); err != nil {
			s.t.Fatal(err)
		}
		if !next.Before(at) {
			s.settle()
			return
		}
	}
}

// Deliver takes documents; the outbox calls it.
func (s *stage) Deliver(_ context.Context, to arn.ARN, items []courier.Item) ([]courier.Failure, error) {
	for _, it := range items {
		if s.delivered[it.ID] {
			continue // again, after a restart
		}
		s.delivered[it.ID] = true
		data := bytes.Clone(it.Data)
		switch to.String() {
		case recordsARN:
			s.records = append(s.records, data)
		case eventsARN:
			s.agentEvents = append(s.agentEvents, data)
		default:
			s.t.Errorf("a document for %s", to)
		}
	}
	return nil, nil
}

// contactEvents returns the contact events so far.
func (s *stage) contactEvents() (all [][]byte) {
	const last = "last"
	s.feed.Publish(outbox.Item{Kind: last})
	seen := map[string]bool{}
	for it := range s.feed.Follow(s.ctx, outbox.Filter{Kinds: []string{outbox.KindContactEvent, last}, Recent: 1 << 20}) {
		if it.Kind == last {
			break
		}
		if !seen[it.ID] { // else again, after a restart
			all = append(all, it.Document)
		}
		seen[it.ID] = true
	}
	return all
}

// center makes the instance that most stories are about.
func (s *stage) center() {
	s.t.Helper()
	s.must(center.CreateInstance{Key: []byte("0123456789abcdef0123456789abcdef"), Instance: center.Instance{
		ID: instanceID, ARN: instanceARN, Alias: "golden", IdentityManagement: "SAML",
	}})
	s.must(center.AssociateStorage{Resource: center.ContactTraceRecords, Config: center.StorageConfig{Type: "KINESIS_STREAM", StreamARN: recordsARN}})
	s.must(center.AssociateStorage{Resource: center.AgentEvents, Config: center.StorageConfig{Type: "KINESIS_STREAM", StreamARN: eventsARN}})
	s.must(center.CreateAgentStatus{Status: center.AgentStatus{Name: "Lunch", State: center.Enabled}})
	s.must(center.CreateFlow{Flow: center.Flow{Name: "main", Type: "CONTACT_FLOW", State: "ACTIVE", Status: "PUBLISHED", Content: s.withIDs(mainFlow)}})
	s.must(center.ClaimPhoneNumber{Number: center.PhoneNumber{Number: number, Country: "US", Type: "TOLL_FREE", Flow: center.FlowID(s.ids["main"])}})
	queue := center.QueueID(s.ids["BasicQueue"])
	s.must(center.UpdateQueue{ID: queue, Outbound: &center.OutboundCaller{Number: directory.Sorted(s.sb.State().Directory.Numbers)[0].ID}})
}

const mainFlow = `{"Version":"2019-10-30","StartAction":"set","Metadata":{},"Actions":[
{"Identifier":"set","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"${BasicQueue}"},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},{"NextAction":"end","ErrorType":"NoMatchingError"}]}},
{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`

// agent makes a user and lets it log in.
func (s *stage) agent(name string, opt map[string]string) {
	s.t.Helper()
	profile := "Basic Routing Profile"
	if p := opt["profile"]; p != "" {
		profile = p
	}
	s.must(center.CreateUser{User: center.User{
		Username: name, FirstName: strings.ToUpper(name[:1]) + name[1:], LastName: "Agent",
		RoutingProfile: center.RoutingProfileID(s.ids[profile]), SecurityProfiles: []center.SecurityProfileID{center.SecurityProfileID(s.ids["Agent"])},
		Phone: center.PhoneConfig{Type: "SOFT_PHONE", ACWLimit: whole(s.t, opt["acw"]), AutoAccept: opt["auto"] == "true"},
	}})
	id := center.AgentID(s.ids[name])
	s.must(center.LogIn{Agent: id})
	status := "Available"
	if st := opt["status"]; st != "" {
		status = st
	}
	if status != "Offline" {
		s.must(center.SetAgentStatus{Agent: id, Status: center.AgentStatusID(s.ids[status])})
	}
}

// end checks what must hold after every story.
func (s *stage) end() {
	s.t.Helper()
	state := s.sb.State()
	for id, c := range state.Contacts {
		s.t.Errorf("contact %s is still open: %s", s.names[string(id)], c.Phase())
	}
	if err := machine.Check(state); err != nil {
		s.t.Error(err)
	}
	was, err := json.Marshal(state)
	if err != nil {
		s.t.Fatal(err)
	}
	s.open()
	is, err := json.Marshal(s.sb.State())
	if err != nil {
		s.t.Fatal(err)
	}
	if !bytes.Equal(was, is) {
		s.t.Errorf("the journal leads to another state: %s", cmp.Diff(string(was), string(is)))
	}
}

// audit holds the records to what agent events alone tell.
func (s *stage) audit() {
	var a audit.Audit
	for _, doc := range s.agentEvents {
		if err := a.AgentEvent(doc); err != nil {
			s.t.Error(err)
		}
	}
	seen := map[string]bool{}
	for _, doc := range s.records {
		var r struct{ ContactID string }
		if err := json.Unmarshal(doc, &r); err != nil {
			s.t.Fatal(err)
		}
		if seen[r.ContactID] {
			continue // a later version
		}
		seen[r.ContactID] = true
		if err := a.Record(doc); err != nil {
			s.t.Error(err)
		}
	}
	for _, f := range a.Findings() {
		s.t.Error(s.inWords(f))
	}
}

func (s *stage) name(id, name string) {
	s.names[id], s.ids[name] = name, id
}

// learn takes names out of what happens.
func (s *stage) learn(step center.Step) {
	for _, e := range step.Events {
		switch e := e.(type) {
		case center.ChatItemAdded:
			if e.By != "" {
				s.name(e.Participant, "part of "+s.names[string(e.By)])
				s.ids["@"+s.names[string(e.By)]] = e.Participant
			}
		case center.ContactInitiated:
			if e.Chat != nil {
				s.ids["@customer"] = e.Chat.Participant
			}
			if s.names[string(e.Contact)] == "" {
				s.contacts++
				s.name(string(e.Contact), "c"+itoa(s.contacts))
			}
		case center.PartyAdded:
			if s.names[string(e.Party)] == "" {
				s.parties++
				s.name(string(e.Party), "p"+itoa(s.parties))
			}
		case center.UserSaved:
			s.name(string(e.User.ID), e.User.Username)
		case center.QueueSaved:
			if e.Queue.Agent == "" {
				s.name(string(e.Queue.ID), e.Queue.Name)
			}
		case center.FlowSaved:
			s.name(string(e.Flow.ID), e.Flow.Name)
		case center.AgentStatusSaved:
			s.name(string(e.Status.ID), e.Status.Name)
		case center.RoutingProfileSaved:
			s.name(string(e.Profile.ID), e.Profile.Name)
		case center.SecurityProfileSaved:
			s.name(string(e.Profile.ID), e.Profile.Name)
		case center.HoursSaved:
			s.name(string(e.Hours.ID), e.Hours.Name)
		case center.PhoneNumberSaved:
			s.name(string(e.Number.ID), e.Number.Number)
		}
	}
}
