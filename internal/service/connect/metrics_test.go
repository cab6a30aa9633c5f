package connect

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

func metrics(names ...types.CurrentMetricName) (out []types.CurrentMetric) {
	for _, n := range names {
		out = append(out, types.CurrentMetric{Name: n})
	}
	return out
}

func (n *tenant) metricsOf(t testing.TB, change func(*awsconnect.GetCurrentMetricDataInput)) (*awsconnect.GetCurrentMetricDataOutput, error) {
	t.Helper()
	in := &awsconnect.GetCurrentMetricDataInput{InstanceId: n.id, Filters: &types.Filters{Queues: []string{*n.queue}, Channels: []types.Channel{types.ChannelTask}}, CurrentMetrics: metrics("AGENTS_ONLINE", "CONTACTS_IN_QUEUE", "OLDEST_CONTACT_AGE")}
	change(in)
	return n.client.GetCurrentMetricData(t.Context(), in)
}

// values are an answer's groups as "dimensions: values in the order asked for".
func values(out *awsconnect.GetCurrentMetricDataOutput) (all []string) {
	for _, r := range out.MetricResults {
		s := ""
		if d := r.Dimensions; d != nil {
			if d.Queue != nil {
				s += "queue "
			}
			if d.RoutingProfile != nil {
				s += "profile "
			}
			s += string(d.Channel)
		}
		s += ":"
		for _, c := range r.Collections {
			s += fmt.Sprintf(" %v", *c.Value)
		}
		all = append(all, s)
	}
	return all
}

func TestGetCurrentMetricData(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx := t.Context()
	empty := must(n.metricsOf(t, func(*awsconnect.GetCurrentMetricDataInput) {}))(t)
	if empty.MetricResults == nil || len(empty.MetricResults) != 0 || *empty.ApproximateTotalCount != 0 || !empty.DataSnapshotTime.Equal(w.clock.Now()) {
		t.Errorf("where nothing goes on: %s", shown(t, empty))
	}
	ann := n.user(t, "ann")
	must(n.client.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
	n.until(t, ann, n.task(t, "taken"), center.AgentContactConnecting)
	n.task(t, "waits")
	w.advance(t, 1500*time.Millisecond)

	byQueue := must(n.metricsOf(t, func(in *awsconnect.GetCurrentMetricDataInput) { in.Groupings = []types.Grouping{"QUEUE", "CHANNEL"} }))(t)
	online, waiting, oldest := types.CurrentMetric{Name: "AGENTS_ONLINE", Unit: "COUNT"}, types.CurrentMetric{Name: "CONTACTS_IN_QUEUE", Unit: "COUNT"}, types.CurrentMetric{Name: "OLDEST_CONTACT_AGE", Unit: "SECONDS"}
	same(t, byQueue.MetricResults, []types.CurrentMetricResult{{
		Dimensions:  &types.Dimensions{Queue: &types.QueueReference{Id: n.queue, Arn: aws.String(n.arn + "/queue/" + *n.queue)}, Channel: types.ChannelTask},
		Collections: []types.CurrentMetricData{{Metric: &online, Value: aws.Float64(1)}, {Metric: &waiting, Value: aws.Float64(2)}, {Metric: &oldest, Value: aws.Float64(1)}},
	}})
	own := flowTo(n.arn + "/queue/agent/" + *ann)
	flow, err := n.client.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("to ann"), Type: types.ContactFlowTypeContactFlow, Content: &own})
	if err != nil {
		t.Fatal(err)
	}
	must(n.client.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: flow.ContactFlowId, Name: aws.String("for ann")}))(t)
	hers := must(n.metricsOf(t, func(in *awsconnect.GetCurrentMetricDataInput) {
		in.Filters.Queues, in.Groupings = []string{n.arn + "/queue/agent/" + *ann}, []types.Grouping{"QUEUE"}
	}))(t)
	if len(hers.MetricResults) != 1 || *hers.MetricResults[0].Dimensions.Queue.Arn != n.arn+"/queue/agent/"+*ann {
		t.Errorf("an agent's own queue: %s", shown(t, hers))
	}
	for name, x := range map[string]struct {
		change func(*awsconnect.GetCurrentMetricDataInput)
		want   string
	}{
		"together, where the age is in milliseconds": {func(in *awsconnect.GetCurrentMetricDataInput) {}, "[: 1 2 1500]"},
		"the queue by its ARN":                       {func(in *awsconnect.GetCurrentMetricDataInput) { in.Filters.Queues[0] = n.arn + "/queue/" + *n.queue }, "[: 1 2 1500]"},
		"by queue":                                   {func(in *awsconnect.GetCurrentMetricDataInput) { in.Groupings = []types.Grouping{"QUEUE"} }, "[queue : 1 2 1]"},
		"another channel":                            {func(in *awsconnect.GetCurrentMetricDataInput) { in.Filters.Channels[0] = types.ChannelVoice }, "[: 1 0 0]"},
		"by routing profile": {func(in *awsconnect.GetCurrentMetricDataInput) {
			in.Filters.Queues, in.Filters.RoutingProfiles, in.Groupings = nil, []string{*n.profile}, []types.Grouping{"ROUTING_PROFILE"}
		}, "[profile : 1 2 1]"},
		"by routing profile of a queue": {func(in *awsconnect.GetCurrentMetricDataInput) {
			in.Groupings, in.CurrentMetrics = []types.Grouping{"ROUTING_PROFILE"}, metrics("AGENTS_ONLINE")
		}, "[profile : 1]"},
	} {
		if got := fmt.Sprint(values(must(n.metricsOf(t, x.change))(t))); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

func TestGetCurrentMetricDataRefuses(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	many := make([]string, 101)
	for i := range many {
		many[i] = *n.queue
	}
	for name, x := range map[string]struct {
		change func(*awsconnect.GetCurrentMetricDataInput)
		class  string
		status int
		words  string
	}{
		"no filter":                              {func(in *awsconnect.GetCurrentMetricDataInput) { in.Filters.Queues = nil }, "InvalidParameterException", 400, "is required"},
		"both filters":                           {func(in *awsconnect.GetCurrentMetricDataInput) { in.Filters.RoutingProfiles = []string{*n.profile} }, "InvalidParameterException", 400, "together"},
		"no such queue":                          {func(in *awsconnect.GetCurrentMetricDataInput) { in.Filters.Queues[0] = "x" }, "ResourceNotFoundException", 404, "queue"},
		"too many queues":                        {func(in *awsconnect.GetCurrentMetricDataInput) { in.Filters.Queues = many }, "InvalidParameterException", 400, "ueues"},
		"a filter not honoured":                  {func(in *awsconnect.GetCurrentMetricDataInput) { in.Filters.AgentStatuses = []string{"x"} }, "InvalidParameterException", 400, "AgentStatuses is not supported"},
		"a grouping not honoured":                {func(in *awsconnect.GetCurrentMetricDataInput) { in.Groupings = []types.Grouping{"AGENT_STATUS"} }, "InvalidParameterException", 400, "AGENT_STATUS is not supported"},
		"a grouping twice":                       {func(in *awsconnect.GetCurrentMetricDataInput) { in.Groupings = []types.Grouping{"QUEUE", "QUEUE"} }, "InvalidParameterException", 400, "twice"},
		"contacts by profile without its filter": {func(in *awsconnect.GetCurrentMetricDataInput) { in.Groupings = []types.Grouping{"ROUTING_PROFILE"} }, "InvalidParameterException", 400, "needs a RoutingProfiles filter"},
		"a metric not computed":                  {func(in *awsconnect.GetCurrentMetricDataInput) { in.CurrentMetrics = metrics("ESTIMATED_WAIT_TIME") }, "InvalidParameterException", 400, "ESTIMATED_WAIT_TIME is not supported"},
		"the wrong unit":                         {func(in *awsconnect.GetCurrentMetricDataInput) { in.CurrentMetrics[0].Unit = "PERCENT" }, "InvalidParameterException", 400, "unit of AGENTS_ONLINE is COUNT"},
		"sorted by slots": {func(in *awsconnect.GetCurrentMetricDataInput) {
			in.SortCriteria = []types.CurrentMetricSortCriteria{{SortByMetric: "SLOTS_ACTIVE"}}
		}, "InvalidParameterException", 400, "SLOTS_ACTIVE"},
		"too large a page": {func(in *awsconnect.GetCurrentMetricDataInput) { in.MaxResults = aws.Int32(101) }, "InvalidParameterException", 400, "axResults"},
		"a made-up token":  {func(in *awsconnect.GetCurrentMetricDataInput) { in.NextToken = aws.String("x") }, "InvalidParameterException", 400, "NextToken"},
		"a token with rubbish": {func(in *awsconnect.GetCurrentMetricDataInput) {
			in.NextToken = aws.String(base64.RawURLEncoding.EncodeToString([]byte(tokenMark + metricsTokenOf + ":{")))
		}, "InvalidParameterException", 400, "NextToken"},
	} {
		_, err := n.metricsOf(t, x.change)
		t.Run(name, func(t *testing.T) { refused(t, err, x.class, x.status, x.words) })
	}
}

// TestPagesOfMetrics: sorted pages continue where the last ended, for five minutes, and only for the same request.
func TestPagesOfMetrics(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	var queues []string
	for i := range 5 {
		q := must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: aws.String(fmt.Sprint("q", i)), HoursOfOperationId: n.hours}))(t).QueueId
		queues = append(queues, *q)
		flow := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String(fmt.Sprint("f", i)), Type: types.ContactFlowTypeContactFlow, Content: aws.String(flowTo(*q))}))(t).ContactFlowId
		for range min(i, 3) + 1 {
			must(c.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: flow, Name: aws.String("x")}))(t)
		}
	}
	read := func(order types.SortOrder, token *string) (*awsconnect.GetCurrentMetricDataOutput, error) {
		return n.metricsOf(t, func(in *awsconnect.GetCurrentMetricDataInput) {
			in.Filters.Queues, in.Groupings, in.CurrentMetrics = queues, []types.Grouping{"QUEUE"}, metrics("CONTACTS_IN_QUEUE")
			in.SortCriteria = []types.CurrentMetricSortCriteria{{SortByMetric: "CONTACTS_IN_QUEUE", SortOrder: order}}
			in.MaxResults, in.NextToken = aws.Int32(2), token
		})
	}
	for order, want := range map[types.SortOrder]string{"DESCENDING": "[4 4 3 2 1]", "ASCENDING": "[1 2 3 4 4]", "": "[4 4 3 2 1]"} {
		var got []float64
		seen := map[string]bool{}
		for token := (*string)(nil); ; {
			out := must(read(order, token))(t)
			if *out.ApproximateTotalCount != 5 {
				t.Errorf("%d in all", *out.ApproximateTotalCount)
			}
			for _, r := range out.MetricResults {
				got, seen[*r.Dimensions.Queue.Id] = append(got, *r.Collections[0].Value), true
			}
			if token = out.NextToken; token == nil {
				break
			}
		}
		if fmt.Sprint(got) != want || len(seen) != 5 {
			t.Errorf("%s: %v, want %s, of %d queues", order, got, want, len(seen))
		}
	}
	token := must(read("DESCENDING", nil))(t).NextToken
	_, err := read("ASCENDING", token)
	refused(t, err, "InvalidParameterException", 400, "other parameters")
	w.advance(t, metricsTokenLife-time.Millisecond)
	must(read("DESCENDING", token))(t)
	w.advance(t, time.Millisecond)
	_, err = read("DESCENDING", token)
	refused(t, err, "InvalidParameterException", 400, "expired")
}

func TestGetCurrentUserData(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	read := func(f types.UserDataFilters) (*awsconnect.GetCurrentUserDataOutput, error) {
		return c.GetCurrentUserData(ctx, &awsconnect.GetCurrentUserDataInput{InstanceId: n.id, Filters: &f})
	}
	ann, bob := n.user(t, "ann"), n.user(t, "bob")
	if got := must(read(types.UserDataFilters{Queues: []string{*n.queue}}))(t); got.UserDataList == nil || len(got.UserDataList) != 0 || *got.ApproximateTotalCount != 0 {
		t.Errorf("of agents who are offline: %s", shown(t, got))
	}
	began := w.clock.Now()
	must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
	w.advance(t, time.Second)
	queued := w.clock.Now()
	task := n.task(t, "x")
	n.accepted(t, ann, task)
	must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.offline}))(t) // the next status
	w.advance(t, time.Second)
	n.submit(t, center.SetAgentStatus{Agent: center.AgentID(*bob), Status: center.AgentStatusID(*n.available)})

	want := types.UserData{
		User:           &types.UserReference{Id: ann, Arn: aws.String(n.arn + "/agent/" + *ann)},
		RoutingProfile: &types.RoutingProfileReference{Id: n.profile, Arn: aws.String(n.arn + "/routing-profile/" + *n.profile)},
		Status:         &types.AgentStatusReference{StatusStartTimestamp: &began, StatusArn: aws.String(n.arn + "/agent-state/" + *n.available), StatusName: aws.String("Available")},
		NextStatus:     aws.String("Offline"),
		Contacts: []types.AgentContactReference{{
			ContactId: task, Channel: types.ChannelTask, InitiationMethod: types.ContactInitiationMethodApi, AgentContactState: types.ContactStateConnected,
			StateStartTimestamp: &queued, ConnectedToAgentTimestamp: &queued, Queue: &types.QueueReference{Id: n.queue, Arn: aws.String(n.arn + "/queue/" + *n.queue)},
		}},
		MaxSlotsByChannel: map[string]int32{"VOICE": 1, "CHAT": 2, "TASK": 1}, ActiveSlotsByChannel: map[string]int32{"VOICE": 0, "CHAT": 0, "TASK": 1},
		AvailableSlotsByChannel: map[string]int32{"VOICE": 1, "CHAT": 2, "TASK": 0},
	}
	same(t, must(read(types.UserDataFilters{Agents: []string{*ann}}))(t).UserDataList, []types.UserData{want})
	for name, x := range map[string]struct {
		filters types.UserDataFilters
		want    int
	}{
		"by queue":                {types.UserDataFilters{Queues: []string{*n.queue}}, 2},
		"by routing profile":      {types.UserDataFilters{RoutingProfiles: []string{n.arn + "/routing-profile/" + *n.profile}}, 2},
		"by agent":                {types.UserDataFilters{Agents: []string{*bob}}, 1},
		"by state of the contact": {types.UserDataFilters{Queues: []string{*n.queue}, ContactFilter: &types.ContactFilter{ContactStates: []types.ContactState{"CONNECTED"}}}, 1},
		"by another state":        {types.UserDataFilters{Queues: []string{*n.queue}, ContactFilter: &types.ContactFilter{ContactStates: []types.ContactState{"MISSED", "ERROR"}}}, 0},
	} {
		if got := must(read(x.filters))(t); len(got.UserDataList) != x.want || *got.ApproximateTotalCount != int64(x.want) {
			t.Errorf("%s: %s", name, shown(t, got))
		}
	}
	page := must(c.GetCurrentUserData(ctx, &awsconnect.GetCurrentUserDataInput{InstanceId: n.id, Filters: &types.UserDataFilters{Queues: []string{*n.queue}}, MaxResults: aws.Int32(1)}))(t)
	rest := must(c.GetCurrentUserData(ctx, &awsconnect.GetCurrentUserDataInput{InstanceId: n.id, Filters: &types.UserDataFilters{Queues: []string{*n.queue}}, NextToken: page.NextToken}))(t)
	if len(page.UserDataList) != 1 || *page.ApproximateTotalCount != 2 || len(rest.UserDataList) != 1 || rest.NextToken != nil || *rest.UserDataList[0].User.Id == *page.UserDataList[0].User.Id {
		t.Errorf("pages: %s and %s", shown(t, page), shown(t, rest))
	}
	_, err := read(types.UserDataFilters{Queues: []string{*n.queue}, Agents: []string{*ann}})
	refused(t, err, "InvalidParameterException", 400, "at most one")
	_, err = read(types.UserDataFilters{Agents: []string{"x"}})
	refused(t, err, "ResourceNotFoundException", 404, "agent")
	_, err = read(types.UserDataFilters{UserHierarchyGroups: []string{"x"}})
	refused(t, err, "ResourceNotFoundException", 404, "agent-group")
	n.submit(t, center.SetHierarchy{Names: []string{"Site", "Team"}})
	var path []string
	for i, name := range []string{"Berlin", "Night"} {
		g := center.HierarchyGroup{Name: name}
		if i > 0 {
			g.Parent = center.HierarchyGroupID(path[0])
		}
		e, err := saved[center.HierarchyGroupSaved](n.submit(t, center.CreateHierarchyGroup{Group: g}))
		if err != nil {
			t.Fatal(err)
		}
		path = append(path, string(e.Group.ID))
	}
	n.submit(t, center.UpdateUser{ID: center.AgentID(*ann), Group: ptr(center.HierarchyGroupID(path[1]))})
	for _, group := range path {
		got := must(read(types.UserDataFilters{UserHierarchyGroups: []string{group}}))(t).UserDataList
		if len(got) != 1 || *got[0].User.Id != *ann || *got[0].HierarchyPath.LevelOne.Id != path[0] || *got[0].HierarchyPath.LevelTwo.Arn != n.arn+"/agent-group/"+path[1] || got[0].HierarchyPath.LevelThree != nil {
			t.Errorf("of group %s: %s", group, shown(t, got))
		}
	}

	// A contact on hold keeps the start of its connection, as documented.
	number := must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: aws.String("+12065550100")}))(t)
	must(c.AssociatePhoneNumberContactFlow(ctx, &awsconnect.AssociatePhoneNumberContactFlowInput{InstanceId: n.id, PhoneNumberId: number.PhoneNumberId, ContactFlowId: n.flow}))(t)
	started, err := saved[center.ContactInitiated](n.submit(t, center.StartInboundCall{Customer: "+12065550199", Dialled: "+12065550100"}))
	if err != nil {
		t.Fatal(err)
	}
	call := aws.String(string(started.Contact))
	n.accepted(t, bob, call)
	connected := w.clock.Now()
	desk := func() types.AgentContactReference {
		return must(read(types.UserDataFilters{Agents: []string{*bob}}))(t).UserDataList[0].Contacts[0]
	}
	w.advance(t, time.Minute)
	n.submit(t, center.HoldContact{Contact: started.Contact, Agent: center.AgentID(*bob)})
	if got := desk(); got.AgentContactState != types.ContactStateConnectedOnhold || !got.StateStartTimestamp.Equal(connected) {
		t.Errorf("on hold: %s", shown(t, got))
	}
	if err := n.stop(t, call); err != nil {
		t.Fatal(err)
	}
	if got := desk(); got.AgentContactState != types.ContactStateEnded || !got.StateStartTimestamp.Equal(connected.Add(time.Minute)) {
		t.Errorf("after the end: %s", shown(t, got))
	}
}
