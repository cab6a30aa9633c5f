package connect

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/contactstore"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/history"
	"github.com/hookswitch/hookswitch/internal/journal"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/storage/memory"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

const (
	testAccount = "123456789012"
	testRegion  = "eu-central-1"
	streamARN   = "arn:aws:kinesis:eu-central-1:123456789012:stream/"
)

// world is the service over real instances in memory, with an unmodified client before it.
type world struct {
	t         testing.TB
	clock     *clock.Virtual
	disk      *memory.Disk
	engine    *memory.Engine
	instances *switchboard.Instances
	service   *Service
	client    *awsconnect.Client
	url       string
	close     func()

	mu     sync.Mutex // guards stores
	stores map[center.InstanceID]*store
}

// store is the contact store of one instance, and its history, while they run.
type store struct {
	*contactstore.Store
	history *history.History
	run     context.Context // while it follows the journal
	stop    context.CancelFunc
	done    chan struct{}
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, clock: clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), disk: &memory.Disk{}}
	w.open()
	t.Cleanup(func() { w.close() })
	return w
}

// open starts everything on what the disk holds.
func (w *world) open() {
	w.stores = map[center.InstanceID]*store{}
	w.engine = memory.New(memory.Config{Clock: w.clock, Disk: w.disk})
	var err error
	w.instances, err = switchboard.OpenInstances(w.t.Context(), switchboard.InstancesConfig{
		Engine: w.engine, Clock: w.clock, OnOpen: w.attach, OnClose: w.detach,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.service = New(Config{Centers: w, Clock: w.clock, Random: rand.Reader, Check: w.check, PasswordRounds: 1})
	handler, err := edge.New(edge.Config{Operations: w.service.Operations(), Clock: w.clock, DefaultRegion: testRegion})
	if err != nil {
		w.t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	w.url = server.URL
	w.client = w.clientOf(testAccount, testRegion)
	w.close = func() {
		server.Close()
		if err := w.instances.Close(context.WithoutCancel(w.t.Context())); err != nil {
			w.t.Error(err)
		}
		if err := w.engine.Close(); err != nil {
			w.t.Error(err)
		}
	}
}

// restart stops everything and starts it again on the same disk.
func (w *world) restart() {
	w.close()
	w.open()
}

func (w *world) clientOf(account, region string) *awsconnect.Client {
	return awsconnect.NewFromConfig(aws.Config{
		Region: region, BaseEndpoint: aws.String(w.url), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(account, "secret", ""),
	})
}

// check knows the streams whose name begins with "is".
func (w *world) check(_ context.Context, to arn.ARN) error {
	if strings.HasPrefix(to.Resource, "stream/is") {
		return nil
	}
	return courier.ErrNoSuchTarget
}

func (w *world) attach(ctx context.Context, h *switchboard.Handle) error {
	reader := journal.New(journal.Config{Log: h.Journal})
	contacts, err := contactstore.Open(ctx, contactstore.Config{Instance: h.Info.ID, Engine: w.engine, Journal: reader, Clock: w.clock})
	if err != nil {
		return err
	}
	past, err := history.Open(ctx, history.Config{Journal: reader, Contacts: contacts, Clock: w.clock})
	if err != nil {
		return err
	}
	h.Switchboard.Subscribe(reader.Publish)
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &store{contacts, past, run, stop, make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stores[h.Info.ID] = s
	go func() {
		defer close(s.done)
		var both sync.WaitGroup
		both.Go(func() { _ = past.Run(run) })
		_ = contacts.Run(run)
		both.Wait()
		if err := past.Close(); err != nil {
			w.t.Error(err)
		}
	}()
	return nil
}

func (w *world) detach(_ context.Context, h *switchboard.Handle) {
	w.mu.Lock()
	s := w.stores[h.Info.ID]
	delete(w.stores, h.Info.ID)
	w.mu.Unlock()
	s.stop()
	<-s.done
}

func (w *world) Create(ctx context.Context, account, region string, cmd center.CreateInstance) error {
	_, err := w.instances.Create(ctx, account, region, cmd)
	return err
}

func (w *world) Find(account, region string, id center.InstanceID) (Center, error) {
	h, err := w.instances.Get(account, region, string(id))
	if err != nil {
		return nil, err
	}
	return one{w, h}, nil
}

func (w *world) List(account, region string) []Center {
	var all []Center
	for _, info := range w.instances.List(account, region) {
		if c, err := w.Find(info.Account, info.Region, info.ID); err == nil {
			all = append(all, c)
		}
	}
	slices.Reverse(all) // any order will do
	return all
}

func (w *world) Delete(ctx context.Context, account, region string, id center.InstanceID) error {
	return w.instances.Delete(ctx, account, region, string(id))
}

// one is an instance with its contact store.
type one struct {
	w *world
	h *switchboard.Handle
}

func (c one) Submit(ctx context.Context, cmd center.Command) (center.Step, error) {
	r, err := c.h.Switchboard.Submit(ctx, cmd)
	return r.Step, err
}

func (c one) View() *live.View { return c.h.Live }

func (c one) Contact(ctx context.Context, id center.ContactID) (lifecycle.Contact, bool, error) {
	if contact, ok := c.h.Live.Contact(id); ok {
		return contact, true, nil
	}
	s, err := c.caughtUp(ctx, func(s *store) waiter { return s })
	if err != nil {
		return lifecycle.Contact{}, false, err
	}
	contact, err := s.Get(ctx, id)
	if errors.Is(err, contactstore.ErrNotFound) {
		return lifecycle.Contact{}, false, nil
	}
	return contact, err == nil, err
}

func (c one) History(ctx context.Context) (*history.History, error) {
	s, err := c.caughtUp(ctx, func(s *store) waiter { return s.history })
	if err != nil {
		return nil, err
	}
	return s.history, nil
}

type waiter interface {
	WaitFor(ctx context.Context, place uint64) error
}

func (c one) caughtUp(ctx context.Context, which func(*store) waiter) (*store, error) {
	c.w.mu.Lock()
	s := c.w.stores[c.h.Info.ID]
	c.w.mu.Unlock()
	if s == nil {
		return nil, switchboard.ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.run, cancel)()
	return s, which(s).WaitFor(ctx, c.h.Live.Place())
}

// must is for calls that have to succeed: must(client.ListUsers(…))(t).
func must[T any](out T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// refused checks that a call was answered with an error of a class, its status, and a message that holds some words.
func refused(t testing.TB, err error, class string, status int, words string) {
	t.Helper()
	var api smithy.APIError
	var resp *smithyhttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &resp) {
		t.Errorf("got %v, want %s", err, class)
		return
	}
	if api.ErrorCode() != class || resp.HTTPStatusCode() != status || !strings.Contains(api.ErrorMessage(), words) {
		t.Errorf("got %s %d %q, want %s %d with %q", api.ErrorCode(), resp.HTTPStatusCode(), api.ErrorMessage(), class, status, words)
	}
}

// same checks that two answers are the same, request ids and the like left out.
func same(t testing.TB, got, want any) {
	t.Helper()
	if g, w := shown(t, got), shown(t, want); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

// shown is an answer as JSON without what it does not have, so that a test sees every member that is there.
func shown(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(pruned(tree))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func pruned(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "ResultMetadata")
		for k, e := range v {
			if v[k] = pruned(e); v[k] == nil || v[k] == "" {
				delete(v, k)
			}
		}
	case []any:
		for i := range v {
			v[i] = pruned(v[i])
		}
	}
	return v
}

// tenant is one instance as tests use it, with the resources that come with it.
type tenant struct {
	*world
	id      *string
	arn     string
	queue   *string // BasicQueue
	hours   *string // Basic Hours
	profile *string // Basic Routing Profile
	agent   *string // the security profile Agent
	flow    *string // a CONTACT_FLOW that transfers to BasicQueue

	available, offline *string // agent statuses
}

func (w *world) tenant(t testing.TB, alias string, kind types.DirectoryType) *tenant {
	t.Helper()
	ctx := t.Context()
	made := must(w.client.CreateInstance(ctx, &awsconnect.CreateInstanceInput{
		IdentityManagementType: kind, InstanceAlias: &alias, InboundCallsEnabled: aws.Bool(true), OutboundCallsEnabled: aws.Bool(true),
	}))(t)
	n := &tenant{world: w, id: made.Id, arn: *made.Arn}
	n.queue = named(must(w.client.ListQueues(ctx, &awsconnect.ListQueuesInput{InstanceId: n.id}))(t).QueueSummaryList,
		func(q types.QueueSummary) (*string, *string) { return q.Name, q.Id }, "BasicQueue")
	n.hours = must(w.client.ListHoursOfOperations(ctx, &awsconnect.ListHoursOfOperationsInput{InstanceId: n.id}))(t).HoursOfOperationSummaryList[0].Id
	n.profile = must(w.client.ListRoutingProfiles(ctx, &awsconnect.ListRoutingProfilesInput{InstanceId: n.id}))(t).RoutingProfileSummaryList[0].Id
	n.agent = named(must(w.client.ListSecurityProfiles(ctx, &awsconnect.ListSecurityProfilesInput{InstanceId: n.id}))(t).SecurityProfileSummaryList,
		func(p types.SecurityProfileSummary) (*string, *string) { return p.Name, p.Id }, "Agent")
	statuses := must(w.client.ListAgentStatuses(ctx, &awsconnect.ListAgentStatusesInput{InstanceId: n.id}))(t).AgentStatusSummaryList
	status := func(s types.AgentStatusSummary) (*string, *string) { return s.Name, s.Id }
	n.available, n.offline = named(statuses, status, "Available"), named(statuses, status, "Offline")
	n.flow = must(w.client.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{
		InstanceId: n.id, Name: aws.String("to the queue"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(flowTo(n.arn + "/queue/" + *n.queue)),
	}))(t).ContactFlowId
	return n
}

// named returns the id of what has a name.
func named[T any](all []T, of func(T) (name, id *string), name string) *string {
	for _, v := range all {
		if n, id := of(v); aws.ToString(n) == name {
			return id
		}
	}
	return nil
}

// flowTo is the content of a flow that transfers to a queue.
func flowTo(queue string) string {
	return `{"Version":"2019-10-30","StartAction":"set","Actions":[` +
		`{"Identifier":"set","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"` + queue + `"},"Transitions":{"NextAction":"go","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"}]}},` +
		`{"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"NoMatchingError"},{"NextAction":"end","ErrorType":"QueueAtCapacity"}]}},` +
		`{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
}

// user creates an agent of the basic routing profile.
func (n *tenant) user(t testing.TB, name string) *string {
	t.Helper()
	return must(n.client.CreateUser(t.Context(), n.newUser(name)))(t).UserId
}

func (n *tenant) newUser(name string) *awsconnect.CreateUserInput {
	return &awsconnect.CreateUserInput{
		InstanceId: n.id, Username: &name, Password: aws.String("Secret123"), RoutingProfileId: n.profile, SecurityProfileIds: []string{*n.agent},
		IdentityInfo: &types.UserIdentityInfo{FirstName: aws.String("Ann"), LastName: aws.String("Ree")},
		PhoneConfig:  &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone},
	}
}

// task starts a task.
func (n *tenant) task(t testing.TB, name string) *string {
	t.Helper()
	return must(n.client.StartTaskContact(t.Context(), &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: &name}))(t).ContactId
}

// submit is a command from elsewhere than this service: an agent's desktop, or the telephone network.
func (n *tenant) submit(t testing.TB, cmd center.Command) center.Step {
	t.Helper()
	c, err := n.Find(testAccount, testRegion, center.InstanceID(*n.id))
	if err != nil {
		t.Fatal(err)
	}
	return must(c.Submit(t.Context(), cmd))(t)
}

// until waits for the agent to have a contact in a state on its desk.
func (n *tenant) until(t testing.TB, agent, contact *string, state string) {
	t.Helper()
	c, _ := n.Find(testAccount, testRegion, center.InstanceID(*n.id))
	touched, stop := c.View().SubscribeAgent(center.AgentID(*agent))
	defer stop()
	for {
		a, _ := c.View().Agent(center.AgentID(*agent))
		if d := a.Contact(center.ContactID(*contact)); d != nil && d.State == state || d == nil && state == "" {
			return
		}
		select {
		case <-touched:
		case <-t.Context().Done():
			t.Fatal(cmp.Or(t.Context().Err()))
		}
	}
}

// accepted brings a waiting contact to an agent, who takes it.
func (n *tenant) accepted(t testing.TB, agent, contact *string) {
	t.Helper()
	n.until(t, agent, contact, center.AgentContactConnecting)
	n.submit(t, center.AcceptContact{Contact: center.ContactID(*contact), Agent: center.AgentID(*agent)})
	n.until(t, agent, contact, center.AgentContactConnected)
}
