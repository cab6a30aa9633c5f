package connect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// twice reads a resource two times and checks that both answers are what is wanted: all of it, and nothing else.
func twice[T any](t *testing.T, want T, read func() T) {
	t.Helper()
	same(t, read(), want)
	same(t, read(), want)
}

func TestQueues(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	region := aws.String(testRegion)
	describe := func(id *string) *types.Queue {
		return must(c.DescribeQueue(ctx, &awsconnect.DescribeQueueInput{InstanceId: n.id, QueueId: id}))(t).Queue
	}
	made := must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: aws.String("plain"), HoursOfOperationId: n.hours}))(t)
	twice(t, &types.Queue{
		Name: aws.String("plain"), QueueId: made.QueueId, QueueArn: aws.String(n.arn + "/queue/" + *made.QueueId), HoursOfOperationId: n.hours,
		Status: types.QueueStatusEnabled, LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: region,
	}, func() *types.Queue { return describe(made.QueueId) })
	same(t, describe(made.QueueArn), describe(made.QueueId))

	number := must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{TargetArn: &n.arn, PhoneNumber: aws.String("+12065550100")}))(t)
	caller := &types.OutboundCallerConfig{OutboundCallerIdName: aws.String("us"), OutboundCallerIdNumberId: number.PhoneNumberId}
	full := must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{
		InstanceId: n.id, Name: aws.String("full"), Description: aws.String("all of it"), HoursOfOperationId: n.hours, MaxContacts: aws.Int32(7),
		OutboundCallerConfig: caller, Tags: map[string]string{"a": "b"},
	}))(t)
	want := &types.Queue{
		Name: aws.String("full"), Description: aws.String("all of it"), QueueId: full.QueueId, QueueArn: full.QueueArn, HoursOfOperationId: n.hours,
		MaxContacts: aws.Int32(7), OutboundCallerConfig: caller, Status: types.QueueStatusEnabled, Tags: map[string]string{"a": "b"},
		LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: region,
	}
	twice(t, want, func() *types.Queue { return describe(full.QueueId) })

	w.advance(t, time.Minute)
	later := must(c.CreateHoursOfOperation(ctx, &awsconnect.CreateHoursOfOperationInput{InstanceId: n.id, Name: aws.String("later"), TimeZone: aws.String("UTC"), Config: week("MONDAY")}))(t)
	must(c.UpdateQueueName(ctx, &awsconnect.UpdateQueueNameInput{InstanceId: n.id, QueueId: full.QueueId, Name: aws.String("renamed")}))(t)
	must(c.UpdateQueueStatus(ctx, &awsconnect.UpdateQueueStatusInput{InstanceId: n.id, QueueId: full.QueueId, Status: types.QueueStatusDisabled}))(t)
	must(c.UpdateQueueMaxContacts(ctx, &awsconnect.UpdateQueueMaxContactsInput{InstanceId: n.id, QueueId: full.QueueId}))(t)
	must(c.UpdateQueueHoursOfOperation(ctx, &awsconnect.UpdateQueueHoursOfOperationInput{InstanceId: n.id, QueueId: full.QueueId, HoursOfOperationId: later.HoursOfOperationId}))(t)
	must(c.UpdateQueueOutboundCallerConfig(ctx, &awsconnect.UpdateQueueOutboundCallerConfigInput{InstanceId: n.id, QueueId: full.QueueId, OutboundCallerConfig: &types.OutboundCallerConfig{}}))(t)
	want.Name, want.Status, want.MaxContacts, want.HoursOfOperationId, want.OutboundCallerConfig = aws.String("renamed"), types.QueueStatusDisabled, nil, later.HoursOfOperationId, nil
	want.LastModifiedTime = aws.Time(w.clock.Now())
	same(t, describe(full.QueueId), want)

	ann := n.user(t, "ann")
	if q := must(c.ListQueues(ctx, &awsconnect.ListQueuesInput{InstanceId: n.id, QueueTypes: []types.QueueType{types.QueueTypeAgent}}))(t).QueueSummaryList; len(q) != 1 ||
		*q[0].Arn != n.arn+"/queue/agent/"+*ann || q[0].Name != nil {
		t.Errorf("agents' queues: %s", shown(t, q))
	}
	for i := range 120 {
		must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: aws.String(fmt.Sprint("q", i)), HoursOfOperationId: n.hours}))(t)
	}
	seen, sizes := map[string]bool{}, []int{}
	pages := awsconnect.NewListQueuesPaginator(c, &awsconnect.ListQueuesInput{InstanceId: n.id, QueueTypes: []types.QueueType{types.QueueTypeStandard}})
	for pages.HasMorePages() {
		page := must(pages.NextPage(ctx))(t).QueueSummaryList
		sizes = append(sizes, len(page))
		for _, q := range page {
			seen[*q.Id] = true
		}
	}
	same(t, sizes, []int{100, 23})
	if len(seen) != 123 {
		t.Errorf("%d queues are listed", len(seen))
	}
	if out := must(c.ListQueueQuickConnects(ctx, &awsconnect.ListQueueQuickConnectsInput{InstanceId: n.id, QueueId: full.QueueId}))(t); out.QuickConnectSummaryList == nil || len(out.QuickConnectSummaryList) != 0 {
		t.Errorf("quick connects: %s", shown(t, out))
	}
	must(c.DeleteQueue(ctx, &awsconnect.DeleteQueueInput{InstanceId: n.id, QueueId: full.QueueId}))(t)
	_, err := c.ListQueueQuickConnects(ctx, &awsconnect.ListQueueQuickConnectsInput{InstanceId: n.id, QueueId: full.QueueId})
	refused(t, err, "ResourceNotFoundException", 404, "queue")
	_, err = c.DescribeQueue(ctx, &awsconnect.DescribeQueueInput{InstanceId: n.id, QueueId: full.QueueId})
	refused(t, err, "ResourceNotFoundException", 404, "queue")
}

func (w *world) advance(t testing.TB, d time.Duration) {
	t.Helper()
	if err := w.clock.Advance(d); err != nil {
		t.Fatal(err)
	}
}

func week(days ...types.HoursOfOperationDays) (out []types.HoursOfOperationConfig) {
	for _, d := range days {
		out = append(out, types.HoursOfOperationConfig{Day: d,
			StartTime: &types.HoursOfOperationTimeSlice{Hours: aws.Int32(9), Minutes: aws.Int32(0)}, EndTime: &types.HoursOfOperationTimeSlice{Hours: aws.Int32(17), Minutes: aws.Int32(30)}})
	}
	return out
}

func TestHoursOfOperations(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	describe := func(id *string) *types.HoursOfOperation {
		return must(c.DescribeHoursOfOperation(ctx, &awsconnect.DescribeHoursOfOperationInput{InstanceId: n.id, HoursOfOperationId: id}))(t).HoursOfOperation
	}
	made := must(c.CreateHoursOfOperation(ctx, &awsconnect.CreateHoursOfOperationInput{
		InstanceId: n.id, Name: aws.String("office"), TimeZone: aws.String("Europe/Berlin"), Config: week("MONDAY", "FRIDAY"),
	}))(t)
	want := &types.HoursOfOperation{
		Name: aws.String("office"), HoursOfOperationId: made.HoursOfOperationId, HoursOfOperationArn: aws.String(n.arn + "/operating-hours/" + *made.HoursOfOperationId),
		TimeZone: aws.String("Europe/Berlin"), Config: week("MONDAY", "FRIDAY"), LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	}
	twice(t, want, func() *types.HoursOfOperation { return describe(made.HoursOfOperationId) })
	must(c.UpdateHoursOfOperation(ctx, &awsconnect.UpdateHoursOfOperationInput{InstanceId: n.id, HoursOfOperationId: made.HoursOfOperationId, Description: aws.String("d"), Config: week("SUNDAY")}))(t)
	want.Description, want.Config = aws.String("d"), week("SUNDAY")
	same(t, describe(made.HoursOfOperationId), want)
	if all := must(c.ListHoursOfOperations(ctx, &awsconnect.ListHoursOfOperationsInput{InstanceId: n.id}))(t).HoursOfOperationSummaryList; len(all) != 2 {
		t.Errorf("listed: %s", shown(t, all))
	}
	must(c.DeleteHoursOfOperation(ctx, &awsconnect.DeleteHoursOfOperationInput{InstanceId: n.id, HoursOfOperationId: made.HoursOfOperationId}))(t)
	_, err := c.DescribeHoursOfOperation(ctx, &awsconnect.DescribeHoursOfOperationInput{InstanceId: n.id, HoursOfOperationId: made.HoursOfOperationId})
	refused(t, err, "ResourceNotFoundException", 404, "operating-hours")
	_, err = c.CreateHoursOfOperation(ctx, &awsconnect.CreateHoursOfOperationInput{InstanceId: n.id, Name: aws.String("x"), TimeZone: aws.String("Mars/Base"), Config: week("MONDAY")})
	refused(t, err, "InvalidParameterException", 400, "TimeZone")
}

func TestRoutingProfiles(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	describe := func(id *string) *types.RoutingProfile {
		return must(c.DescribeRoutingProfile(ctx, &awsconnect.DescribeRoutingProfileInput{InstanceId: n.id, RoutingProfileId: id}))(t).RoutingProfile
	}
	queues := func(id *string) []types.RoutingProfileQueueConfigSummary {
		return must(c.ListRoutingProfileQueues(ctx, &awsconnect.ListRoutingProfileQueuesInput{InstanceId: n.id, RoutingProfileId: id}))(t).RoutingProfileQueueConfigSummaryList
	}
	made := must(c.CreateRoutingProfile(ctx, &awsconnect.CreateRoutingProfileInput{
		InstanceId: n.id, Name: aws.String("tasks"), Description: aws.String("d"), DefaultOutboundQueueId: n.queue,
		MediaConcurrencies: []types.MediaConcurrency{{Channel: types.ChannelTask, Concurrency: aws.Int32(3)}},
	}))(t)
	want := &types.RoutingProfile{
		InstanceId: n.id, Name: aws.String("tasks"), Description: aws.String("d"), DefaultOutboundQueueId: n.queue,
		RoutingProfileId: made.RoutingProfileId, RoutingProfileArn: aws.String(n.arn + "/routing-profile/" + *made.RoutingProfileId),
		MediaConcurrencies: []types.MediaConcurrency{{Channel: types.ChannelTask, Concurrency: aws.Int32(3),
			CrossChannelBehavior: &types.CrossChannelBehavior{BehaviorType: types.BehaviorTypeRouteCurrentChannelOnly}}},
		NumberOfAssociatedQueues: aws.Int64(0), NumberOfAssociatedUsers: aws.Int64(0), AgentAvailabilityTimer: types.AgentAvailabilityTimerTimeSinceLastActivity,
		AssociatedQueueIds: []string{}, LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	}
	twice(t, want, func() *types.RoutingProfile { return describe(made.RoutingProfileId) })
	if q := queues(made.RoutingProfileId); len(q) != 0 {
		t.Errorf("a profile without queues has %s", shown(t, q))
	}
	ref := &types.RoutingProfileQueueReference{QueueId: n.queue, Channel: types.ChannelTask}
	config := []types.RoutingProfileQueueConfig{{QueueReference: ref, Priority: aws.Int32(2), Delay: aws.Int32(30)}}
	must(c.AssociateRoutingProfileQueues(ctx, &awsconnect.AssociateRoutingProfileQueuesInput{InstanceId: n.id, RoutingProfileId: made.RoutingProfileId, QueueConfigs: config}))(t)
	summary := []types.RoutingProfileQueueConfigSummary{{QueueId: n.queue, QueueArn: aws.String(n.arn + "/queue/" + *n.queue), QueueName: aws.String("BasicQueue"), Channel: types.ChannelTask, Priority: aws.Int32(2), Delay: 30}}
	twice(t, summary, func() []types.RoutingProfileQueueConfigSummary { return queues(made.RoutingProfileId) })
	config[0].Delay = aws.Int32(0)
	must(c.UpdateRoutingProfileQueues(ctx, &awsconnect.UpdateRoutingProfileQueuesInput{InstanceId: n.id, RoutingProfileId: made.RoutingProfileId, QueueConfigs: config}))(t)
	summary[0].Delay = 0
	same(t, queues(made.RoutingProfileId), summary)

	other := must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: aws.String("other"), HoursOfOperationId: n.hours}))(t).QueueId
	must(c.UpdateRoutingProfileName(ctx, &awsconnect.UpdateRoutingProfileNameInput{InstanceId: n.id, RoutingProfileId: made.RoutingProfileId, Name: aws.String("renamed")}))(t)
	must(c.UpdateRoutingProfileDefaultOutboundQueue(ctx, &awsconnect.UpdateRoutingProfileDefaultOutboundQueueInput{InstanceId: n.id, RoutingProfileId: made.RoutingProfileId, DefaultOutboundQueueId: other}))(t)
	must(c.UpdateRoutingProfileConcurrency(ctx, &awsconnect.UpdateRoutingProfileConcurrencyInput{InstanceId: n.id, RoutingProfileId: made.RoutingProfileId,
		MediaConcurrencies: []types.MediaConcurrency{{Channel: types.ChannelVoice, Concurrency: aws.Int32(1), CrossChannelBehavior: &types.CrossChannelBehavior{BehaviorType: types.BehaviorTypeRouteAnyChannel}}}}))(t)
	must(c.UpdateRoutingProfileAgentAvailabilityTimer(ctx, &awsconnect.UpdateRoutingProfileAgentAvailabilityTimerInput{InstanceId: n.id, RoutingProfileId: made.RoutingProfileId,
		AgentAvailabilityTimer: types.AgentAvailabilityTimerTimeSinceLastInbound}))(t)
	user := n.newUser("ann")
	user.RoutingProfileId = made.RoutingProfileId
	must(c.CreateUser(ctx, user))(t)
	want.Name, want.DefaultOutboundQueueId, want.AgentAvailabilityTimer = aws.String("renamed"), other, types.AgentAvailabilityTimerTimeSinceLastInbound
	want.MediaConcurrencies = []types.MediaConcurrency{{Channel: types.ChannelVoice, Concurrency: aws.Int32(1), CrossChannelBehavior: &types.CrossChannelBehavior{BehaviorType: types.BehaviorTypeRouteAnyChannel}}}
	want.NumberOfAssociatedQueues, want.NumberOfAssociatedUsers, want.AssociatedQueueIds = aws.Int64(1), aws.Int64(1), []string{*n.queue}
	same(t, describe(made.RoutingProfileId), want)

	must(c.DisassociateRoutingProfileQueues(ctx, &awsconnect.DisassociateRoutingProfileQueuesInput{InstanceId: n.id, RoutingProfileId: made.RoutingProfileId, QueueReferences: []types.RoutingProfileQueueReference{*ref}}))(t)
	if q := queues(made.RoutingProfileId); len(q) != 0 {
		t.Errorf("after taking it away there is %s", shown(t, q))
	}
	if all := must(c.ListRoutingProfiles(ctx, &awsconnect.ListRoutingProfilesInput{InstanceId: n.id}))(t).RoutingProfileSummaryList; len(all) != 2 {
		t.Errorf("listed: %s", shown(t, all))
	}
	spare := must(c.CreateRoutingProfile(ctx, &awsconnect.CreateRoutingProfileInput{InstanceId: n.id, Name: aws.String("spare"), Description: aws.String("d"), DefaultOutboundQueueId: n.queue,
		MediaConcurrencies: []types.MediaConcurrency{{Channel: types.ChannelTask, Concurrency: aws.Int32(1)}}, QueueConfigs: config}))(t).RoutingProfileId
	must(c.DeleteRoutingProfile(ctx, &awsconnect.DeleteRoutingProfileInput{InstanceId: n.id, RoutingProfileId: spare}))(t)
	_, err := c.DescribeRoutingProfile(ctx, &awsconnect.DescribeRoutingProfileInput{InstanceId: n.id, RoutingProfileId: spare})
	refused(t, err, "ResourceNotFoundException", 404, "routing-profile")
}

func TestAgentStatuses(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	describe := func(id *string) *types.AgentStatus {
		return must(c.DescribeAgentStatus(ctx, &awsconnect.DescribeAgentStatusInput{InstanceId: n.id, AgentStatusId: id}))(t).AgentStatus
	}
	made := must(c.CreateAgentStatus(ctx, &awsconnect.CreateAgentStatusInput{InstanceId: n.id, Name: aws.String("Lunch"), State: types.AgentStatusStateEnabled}))(t)
	got := describe(made.AgentStatusId)
	want := &types.AgentStatus{
		Name: aws.String("Lunch"), AgentStatusId: made.AgentStatusId, AgentStatusARN: aws.String(n.arn + "/agent-state/" + *made.AgentStatusId), Type: types.AgentStatusTypeCustom,
		State: types.AgentStatusStateEnabled, DisplayOrder: got.DisplayOrder, LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	}
	twice(t, want, func() *types.AgentStatus { return describe(made.AgentStatusId) })
	must(c.UpdateAgentStatus(ctx, &awsconnect.UpdateAgentStatusInput{InstanceId: n.id, AgentStatusId: made.AgentStatusId, Name: aws.String("Break"), Description: aws.String("d"),
		DisplayOrder: aws.Int32(9), State: types.AgentStatusStateDisabled}))(t)
	want.Name, want.Description, want.DisplayOrder, want.State = aws.String("Break"), aws.String("d"), aws.Int32(9), types.AgentStatusStateDisabled
	same(t, describe(made.AgentStatusId), want)
	custom := must(c.ListAgentStatuses(ctx, &awsconnect.ListAgentStatusesInput{InstanceId: n.id, AgentStatusTypes: []types.AgentStatusType{types.AgentStatusTypeCustom}}))(t).AgentStatusSummaryList
	if len(custom) != 1 || *custom[0].Name != "Break" {
		t.Errorf("listed: %s", shown(t, custom))
	}
	built := must(c.ListAgentStatuses(ctx, &awsconnect.ListAgentStatusesInput{InstanceId: n.id, AgentStatusTypes: []types.AgentStatusType{types.AgentStatusTypeRoutable, types.AgentStatusTypeOffline}}))(t).AgentStatusSummaryList
	if len(built) != 2 {
		t.Errorf("listed: %s", shown(t, built))
	}
}

func TestSecurityProfiles(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	list := must(n.client.ListSecurityProfiles(t.Context(), &awsconnect.ListSecurityProfilesInput{InstanceId: n.id}))(t).SecurityProfileSummaryList
	var names []string
	for _, p := range list {
		names = append(names, *p.Name)
		got := must(n.client.DescribeSecurityProfile(t.Context(), &awsconnect.DescribeSecurityProfileInput{InstanceId: n.id, SecurityProfileId: p.Id}))(t).SecurityProfile
		if *got.SecurityProfileName != *p.Name || *got.Arn != *p.Arn || *got.OrganizationResourceId != *n.id {
			t.Errorf("got %s", shown(t, got))
		}
	}
	for _, name := range []string{"Admin", "Agent", "CallCenterManager", "QualityAnalyst"} {
		if !strings.Contains(strings.Join(names, " "), name) {
			t.Errorf("%s is not among %v", name, names)
		}
	}
}

func TestContactFlows(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	describe := func(id string) *types.ContactFlow {
		return must(c.DescribeContactFlow(ctx, &awsconnect.DescribeContactFlowInput{InstanceId: n.id, ContactFlowId: &id}))(t).ContactFlow
	}
	content := flowTo(*n.queue)
	made := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("in"), Type: types.ContactFlowTypeContactFlow, Content: &content}))(t)
	want := &types.ContactFlow{
		Id: made.ContactFlowId, Arn: aws.String(n.arn + "/contact-flow/" + *made.ContactFlowId), Name: aws.String("in"), Type: types.ContactFlowTypeContactFlow, Content: &content,
		State: types.ContactFlowStateActive, Status: types.ContactFlowStatusPublished, FlowContentSha256: made.FlowContentSha256,
		LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	}
	twice(t, want, func() *types.ContactFlow { return describe(*made.ContactFlowId) })
	same(t, describe(*made.ContactFlowId+":$LATEST"), want)

	draft := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("draft"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(`{"a":1}`), Status: types.ContactFlowStatusSaved}))(t)
	if got := describe(*draft.ContactFlowId + ":$SAVED"); got.Status != types.ContactFlowStatusSaved || *got.Content != `{"a":1}` {
		t.Errorf("the draft is %s", shown(t, got))
	}
	must(c.UpdateContactFlowContent(ctx, &awsconnect.UpdateContactFlowContentInput{InstanceId: n.id, ContactFlowId: draft.ContactFlowId, Content: &content}))(t)
	if got := describe(*draft.ContactFlowId); got.Status != types.ContactFlowStatusPublished || *got.Content != content || *got.FlowContentSha256 != *made.FlowContentSha256 {
		t.Errorf("the published draft is %s", shown(t, got))
	}
	whispers := must(c.ListContactFlows(ctx, &awsconnect.ListContactFlowsInput{InstanceId: n.id, ContactFlowTypes: []types.ContactFlowType{types.ContactFlowTypeAgentWhisper}}))(t).ContactFlowSummaryList
	if len(whispers) == 0 {
		t.Error("a new instance has no agent whisper flow")
	}
	for _, f := range whispers {
		if f.ContactFlowType != types.ContactFlowTypeAgentWhisper {
			t.Errorf("listed: %s", shown(t, f))
		}
	}
}
