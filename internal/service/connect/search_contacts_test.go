package connect

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

// hour is the range from an hour ago to an hour from now.
func (w *world) hour(kind types.SearchContactsTimeRangeType) *types.SearchContactsTimeRange {
	return &types.SearchContactsTimeRange{Type: kind, StartTime: aws.Time(w.clock.Now().Add(-time.Hour)), EndTime: aws.Time(w.clock.Now().Add(time.Hour))}
}

// found returns what a search finds, by the names of its tasks, through the client's paginator.
func (n *tenant) found(t testing.TB, change func(*awsconnect.SearchContactsInput)) (names []string) {
	t.Helper()
	in := &awsconnect.SearchContactsInput{InstanceId: n.id, TimeRange: n.hour(types.SearchContactsTimeRangeTypeInitiationTimestamp), MaxResults: aws.Int32(2)}
	if change != nil {
		change(in)
	}
	total := int64(-1)
	for p := awsconnect.NewSearchContactsPaginator(n.client, in); p.HasMorePages(); {
		page := must(p.NextPage(t.Context()))(t)
		if total >= 0 && *page.TotalCount != total || len(page.Contacts) > 2 {
			t.Errorf("%d in all and then %d; %d on a page", total, *page.TotalCount, len(page.Contacts))
		}
		total = *page.TotalCount
		for _, c := range page.Contacts {
			names = append(names, aws.ToString(c.Name))
		}
	}
	if total != int64(len(names)) {
		t.Errorf("%d found, %d in all", len(names), total)
	}
	return names
}

func TestSearchContacts(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	if got := n.found(t, nil); len(got) != 0 {
		t.Errorf("found %v in an empty instance", got)
	}
	start := func(name string, attributes map[string]string) *string {
		w.advance(t, time.Second)
		return must(c.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: &name, Attributes: attributes}))(t).ContactId
	}
	ann := n.user(t, "ann")
	handled := start("one fox", map[string]string{"tier": "gold", "lang": "de"})
	must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
	n.accepted(t, ann, handled)
	w.advance(t, time.Minute)
	if err := n.stop(t, handled); err != nil {
		t.Fatal(err)
	}
	n.submit(t, center.ClearContact{Contact: center.ContactID(*handled), Agent: center.AgentID(*ann)})
	must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.offline}))(t)
	second := start("two foxes", map[string]string{"tier": "silver"})
	start("three", map[string]string{"tier": "gold"})
	later := w.clock.Now().Add(10 * time.Minute)
	must(c.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: aws.String("four_"), ScheduledTime: &later}))(t)
	if err := n.stop(t, second); err != nil {
		t.Fatal(err)
	}

	criteria := func(cr types.SearchCriteria) func(*awsconnect.SearchContactsInput) {
		return func(in *awsconnect.SearchContactsInput) { in.SearchCriteria = &cr }
	}
	attribute := func(match types.SearchContactsMatchType, pairs ...string) func(*awsconnect.SearchContactsInput) {
		a := &types.SearchableContactAttributes{MatchType: match}
		for i := 0; i < len(pairs); i += 2 {
			a.Criteria = append(a.Criteria, types.SearchableContactAttributesCriteria{Key: &pairs[i], Values: []string{pairs[i+1], "other"}})
		}
		return criteria(types.SearchCriteria{SearchableContactAttributes: a})
	}
	name := func(match types.SearchContactsMatchType, text ...string) func(*awsconnect.SearchContactsInput) {
		return criteria(types.SearchCriteria{Name: &types.NameCriteria{MatchType: match, SearchText: text}})
	}
	by := func(kind types.SearchContactsTimeRangeType) func(*awsconnect.SearchContactsInput) {
		return func(in *awsconnect.SearchContactsInput) { in.TimeRange = n.hour(kind) }
	}
	sorted := func(f types.SortableFieldName, o types.SortOrder) func(*awsconnect.SearchContactsInput) {
		return func(in *awsconnect.SearchContactsInput) { in.Sort = &types.Sort{FieldName: f, Order: o} }
	}
	for what, x := range map[string]struct {
		change func(*awsconnect.SearchContactsInput)
		want   string
	}{
		"everything, the newest first":     {nil, "[four_ three two foxes one fox]"},
		"oldest first":                     {sorted("INITIATION_TIMESTAMP", "ASCENDING"), "[one fox two foxes three four_]"},
		"by disconnection, none is first":  {sorted("DISCONNECT_TIMESTAMP", "ASCENDING"), "[three four_ one fox two foxes]"},
		"by method and then by age":        {sorted("INITIATION_METHOD", "ASCENDING"), "[one fox two foxes three four_]"},
		"that were disconnected":           {by("DISCONNECT_TIMESTAMP"), "[two foxes one fox]"},
		"that were connected":              {by("CONNECTED_TO_AGENT_TIMESTAMP"), "[one fox]"},
		"that were queued":                 {by("ENQUEUE_TIMESTAMP"), "[three two foxes one fox]"},
		"that are scheduled":               {by("SCHEDULED_TIMESTAMP"), "[four_]"},
		"before the range":                 {func(in *awsconnect.SearchContactsInput) { in.TimeRange.StartTime = aws.Time(w.clock.Now()) }, "[four_ three]"},
		"of the agent":                     {criteria(types.SearchCriteria{AgentIds: []string{n.arn + "/agent/" + *ann}}), "[one fox]"},
		"of the queue":                     {criteria(types.SearchCriteria{QueueIds: []string{*n.queue}}), "[three two foxes one fox]"},
		"of another queue":                 {criteria(types.SearchCriteria{QueueIds: []string{"x"}}), "[]"},
		"of the channel":                   {criteria(types.SearchCriteria{Channels: []types.Channel{"TASK", "VOICE"}}), "[four_ three two foxes one fox]"},
		"of another channel":               {criteria(types.SearchCriteria{Channels: []types.Channel{"CHAT"}}), "[]"},
		"of the method":                    {criteria(types.SearchCriteria{InitiationMethods: []types.ContactInitiationMethod{"API"}}), "[four_ three two foxes one fox]"},
		"gold":                             {attribute("", "tier", "gold"), "[three one fox]"},
		"gold and German":                  {attribute("MATCH_ALL", "tier", "gold", "lang", "de"), "[one fox]"},
		"silver or German":                 {attribute("MATCH_ANY", "tier", "silver", "lang", "de"), "[two foxes one fox]"},
		"neither silver nor German":        {attribute("MATCH_NONE", "tier", "silver", "lang", "de"), "[four_ three]"},
		"with a text in the name":          {name("MATCH_ALL", "FOX", "two"), "[two foxes]"},
		"with one of two":                  {name("MATCH_ANY", "three", "one"), "[three one fox]"},
		"with none":                        {name("MATCH_NONE", "fox"), "[four_ three]"},
		"with just this name":              {name("MATCH_EXACT", "one fox", "fox"), "[one fox]"},
		"with a character that means much": {name("MATCH_ALL", "_"), "[four_]"},
		"that no agent had":                {criteria(types.SearchCriteria{AdditionalTimeRange: &types.SearchContactsAdditionalTimeRange{MatchType: "MATCH_ALL", Criteria: []types.SearchContactsAdditionalTimeRangeCriteria{{TimestampCondition: &types.SearchContactsTimestampCondition{Type: "CONNECTED_TO_AGENT_TIMESTAMP", ConditionType: "NOT_EXISTS"}}, {TimeRange: n.hour("DISCONNECT_TIMESTAMP")}}}}), "[two foxes]"},
		"all at once":                      {criteria(types.SearchCriteria{Channels: []types.Channel{"TASK"}, QueueIds: []string{*n.queue}, Name: &types.NameCriteria{MatchType: "MATCH_ANY", SearchText: []string{"o"}}}), "[two foxes one fox]"},
	} {
		if got := fmt.Sprint(n.found(t, x.change)); got != x.want {
			t.Errorf("%s: %s, want %s", what, got, x.want)
		}
	}

	// A completed contact is found by its attributes as they are now.
	must(c.UpdateContactAttributes(ctx, &awsconnect.UpdateContactAttributesInput{InstanceId: n.id, InitialContactId: handled, Attributes: map[string]string{"tier": "bronze"}}))(t)
	if got := n.found(t, attribute("", "tier", "bronze")); !slices.Equal(got, []string{"one fox"}) {
		t.Errorf("with a new attribute: %v", got)
	}
	one := must(c.SearchContacts(ctx, &awsconnect.SearchContactsInput{InstanceId: n.id, TimeRange: n.hour("CONNECTED_TO_AGENT_TIMESTAMP")}))(t).Contacts[0]
	full := must(c.DescribeContact(ctx, &awsconnect.DescribeContactInput{InstanceId: n.id, ContactId: handled}))(t).Contact
	same(t, one.SegmentAttributes, full.SegmentAttributes)
	one.SegmentAttributes = nil
	same(t, one, types.ContactSearchSummary{
		Tags: full.Tags,
		Arn:  full.Arn, Id: handled, InitiationMethod: full.InitiationMethod, Channel: full.Channel, Name: full.Name, InitiationTimestamp: full.InitiationTimestamp,
		DisconnectTimestamp: full.DisconnectTimestamp, QueueInfo: &types.ContactSearchSummaryQueueInfo{Id: n.queue, EnqueueTimestamp: full.QueueInfo.EnqueueTimestamp},
		AgentInfo: &types.ContactSearchSummaryAgentInfo{Id: ann, ConnectedToAgentTimestamp: full.AgentInfo.ConnectedToAgentTimestamp},
	})

	for words, change := range map[string]func(*awsconnect.SearchContactsInput){
		"ContactAnalysis": criteria(types.SearchCriteria{ContactAnalysis: &types.ContactAnalysis{}}),
		"RoutingCriteria": criteria(types.SearchCriteria{RoutingCriteria: &types.SearchableRoutingCriteria{}}),
		"ActiveRegions":   criteria(types.SearchCriteria{ActiveRegions: []string{"us-east-1"}}),
		"MATCH_EXACT":     attribute("MATCH_EXACT", "tier", "gold"),
		"8 weeks": func(in *awsconnect.SearchContactsInput) {
			in.TimeRange.EndTime = aws.Time(w.clock.Now().Add(60 * 24 * time.Hour))
		},
		"not be after": func(in *awsconnect.SearchContactsInput) {
			in.TimeRange.EndTime = aws.Time(w.clock.Now().Add(-2 * time.Hour))
		},
		"Invalid NextToken": func(in *awsconnect.SearchContactsInput) { in.NextToken = aws.String("x") },
	} {
		in := &awsconnect.SearchContactsInput{InstanceId: n.id, TimeRange: n.hour("INITIATION_TIMESTAMP")}
		change(in)
		_, err := c.SearchContacts(ctx, in)
		refused(t, err, "InvalidParameterException", 400, words)
	}
}

func TestContactReferencesChainsAndPositions(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	refs := map[string]types.Reference{
		"a link": {Type: types.ReferenceTypeUrl, Value: aws.String("https://example.com")}, "n": {Type: types.ReferenceTypeNumber, Value: aws.String("7")},
		"day": {Type: types.ReferenceTypeDate, Value: aws.String("1700000000")}, "mail": {Type: types.ReferenceTypeEmail, Value: aws.String("a@example.com")},
		"text": {Type: types.ReferenceTypeString, Value: aws.String("t")},
	}
	first := must(c.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: aws.String("a"), References: refs}))(t).ContactId
	got := must(c.ListContactReferences(ctx, &awsconnect.ListContactReferencesInput{InstanceId: n.id, ContactId: first, ReferenceTypes: []types.ReferenceType{"URL", "NUMBER", "STRING", "DATE", "EMAIL"}}))(t)
	if len(got.ReferenceSummaryList) != 5 {
		t.Errorf("%d references", len(got.ReferenceSummaryList))
	}
	got = must(c.ListContactReferences(ctx, &awsconnect.ListContactReferencesInput{InstanceId: n.id, ContactId: first, ReferenceTypes: []types.ReferenceType{"URL"}}))(t)
	if u, ok := got.ReferenceSummaryList[0].(*types.ReferenceSummaryMemberUrl); !ok || len(got.ReferenceSummaryList) != 1 || *u.Value.Name != "a link" || *u.Value.Value != "https://example.com" {
		t.Errorf("the link: %s", shown(t, got))
	}
	_, err := c.ListContactReferences(ctx, &awsconnect.ListContactReferencesInput{InstanceId: n.id, ContactId: aws.String("x"), ReferenceTypes: []types.ReferenceType{"URL"}})
	refused(t, err, "ResourceNotFoundException", 404, "contact")

	w.advance(t, time.Second)
	second := n.task(t, "b")
	position := func(id *string) (float64, error) {
		out, err := c.GetContactMetrics(ctx, &awsconnect.GetContactMetricsInput{InstanceId: n.id, ContactId: id, Metrics: []types.ContactMetricInfo{{Name: types.ContactMetricNamePositionInQueue}}})
		if err != nil {
			return 0, err
		}
		return out.MetricResults[0].Value.(*types.ContactMetricValueMemberNumber).Value, nil
	}
	if a, b := must(position(first))(t), must(position(second))(t); a != 1 || b != 2 {
		t.Errorf("positions %v and %v", a, b)
	}
	if err := n.stop(t, first); err != nil {
		t.Fatal(err)
	}
	if b := must(position(second))(t); b != 1 {
		t.Errorf("position %v", b)
	}
	_, err = position(first)
	refused(t, err, "InvalidRequestException", 400, "not in a queue")
	_, err = c.GetContactMetrics(ctx, &awsconnect.GetContactMetricsInput{InstanceId: n.id, ContactId: second, Metrics: []types.ContactMetricInfo{{Name: types.ContactMetricNameEstimatedWaitTime}}})
	refused(t, err, "InvalidParameterException", 400, "ESTIMATED_WAIT_TIME")

	var chain []string
	previous := second
	for range 2 {
		previous = must(c.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: aws.String("c"), PreviousContactId: previous}))(t).ContactId
	}
	var token *string
	for {
		page := must(c.ListAssociatedContacts(ctx, &awsconnect.ListAssociatedContactsInput{InstanceId: n.id, ContactId: previous, MaxResults: aws.Int32(2), NextToken: token}))(t)
		for _, s := range page.ContactSummaryList {
			chain = append(chain, *s.ContactId)
		}
		if token = page.NextToken; token == nil {
			break
		}
	}
	if len(chain) != 3 || chain[0] != *second || chain[2] != *previous {
		t.Errorf("the chain of %s is %v", *second, chain)
	}
}
