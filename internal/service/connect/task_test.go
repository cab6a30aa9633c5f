package connect

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

func (n *tenant) taskWith(t testing.TB, change func(*awsconnect.StartTaskContactInput)) (*string, error) {
	t.Helper()
	in := &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: aws.String("task")}
	if change != nil {
		change(in)
	}
	out, err := n.client.StartTaskContact(t.Context(), in)
	if err != nil {
		return nil, err
	}
	return out.ContactId, nil
}

func TestPausingAndHandingOnTasks(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	ann := n.user(t, "ann")
	must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: ann, AgentStatusId: n.available}))(t)
	pause := func(task *string) error {
		_, err := c.PauseContact(ctx, &awsconnect.PauseContactInput{InstanceId: n.id, ContactId: task})
		return err
	}
	resume := func(task, flow *string) error {
		_, err := c.ResumeContact(ctx, &awsconnect.ResumeContactInput{InstanceId: n.id, ContactId: task, ContactFlowId: flow})
		return err
	}
	task := must(n.taskWith(t, nil))(t)
	refused(t, pause(task), "ConflictException", 409, "rings")
	n.accepted(t, ann, task)
	refused(t, resume(task, nil), "ConflictException", 409, "not paused")
	_, err := c.PauseContact(ctx, &awsconnect.PauseContactInput{InstanceId: n.id, ContactId: task, ContactFlowId: n.flow})
	refused(t, err, "InvalidParameterException", 400, "ContactFlowId")
	for range 10 {
		if err := pause(task); err != nil {
			t.Fatal(err)
		}
		n.until(t, ann, task, center.AgentContactPaused)
		w.advance(t, 3*time.Second)
		refused(t, resume(task, n.flow), "InvalidParameterException", 400, "ContactFlowId")
		if err := resume(task, nil); err != nil {
			t.Fatal(err)
		}
		n.until(t, ann, task, center.AgentContactConnected)
	}
	refused(t, pause(task), "LimitExceededException", 429, "10 times")
	refused(t, pause(aws.String("nothing")), "ResourceNotFoundException", 404, "")
	got := n.describe(t, task)
	if *got.TotalPauseCount != 10 || *got.TotalPauseDurationInSeconds != 30 || !got.LastResumedTimestamp.Equal(w.clock.Now()) {
		t.Errorf("paused: %s", shown(t, got))
	}

	hand := func(in awsconnect.TransferContactInput) (*awsconnect.TransferContactOutput, error) {
		in.InstanceId, in.ContactFlowId = n.id, n.flow
		return c.TransferContact(ctx, &in)
	}
	_, err = hand(awsconnect.TransferContactInput{ContactId: task, QueueId: n.queue, UserId: ann})
	refused(t, err, "InvalidRequestException", 400, "QueueId")
	_, err = hand(awsconnect.TransferContactInput{ContactId: task, UserId: aws.String("nobody")})
	refused(t, err, "ResourceNotFoundException", 404, "nobody")
	for i := range 11 {
		in := awsconnect.TransferContactInput{ContactId: task, QueueId: n.queue, ClientToken: task}
		next := must(hand(in))(t)
		if again := must(hand(in))(t); *again.ContactId != *next.ContactId || *next.ContactArn != n.arn+"/contact/"+*next.ContactId {
			t.Errorf("transfer %d: %v, the same token again: %v", i, *next.ContactId, *again.ContactId)
		}
		was, is := n.describe(t, task), n.describe(t, next.ContactId)
		if *was.DisconnectReason != "OTHER" || *is.PreviousContactId != *task || is.InitiationMethod != types.ContactInitiationMethodTransfer {
			t.Errorf("transfer %d: %s", i, shown(t, is))
		}
		task = next.ContactId
	}
	_, err = hand(awsconnect.TransferContactInput{ContactId: task})
	refused(t, err, "ServiceQuotaExceededException", 402, "11 times")
}

func TestLinkedTasksShareTheirAttributes(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	first := must(n.taskWith(t, nil))(t)
	last := first
	for range 11 {
		last = must(n.taskWith(t, func(in *awsconnect.StartTaskContactInput) { in.PreviousContactId = last }))(t)
	}
	_, err := n.taskWith(t, func(in *awsconnect.StartTaskContactInput) { in.PreviousContactId = last })
	refused(t, err, "ServiceQuotaExceededException", 402, "12")
	if err := n.setAttributes(t, last, map[string]string{"a": "1"}); err != nil {
		t.Fatal(err)
	}
	if got := n.attributes(t, first); got["a"] != "1" {
		t.Errorf("the first task has %v", got)
	}
	if err := n.stop(t, first); err != nil {
		t.Fatal(err)
	}
	if err := n.setAttributes(t, first, map[string]string{"a": "2"}); err != nil {
		t.Fatal(err)
	}
	if got := n.attributes(t, last); got["a"] != "2" {
		t.Errorf("the last task has %v", got)
	}
}

func TestScheduledTasksAndWhatContactsSayOfThemselves(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	task := must(n.taskWith(t, func(in *awsconnect.StartTaskContactInput) { in.ScheduledTime = aws.Time(w.clock.Now().Add(time.Hour)) }))(t)
	move := func(d time.Duration) error {
		_, err := c.UpdateContactSchedule(ctx, &awsconnect.UpdateContactScheduleInput{InstanceId: n.id, ContactId: task, ScheduledTime: aws.Time(w.clock.Now().Add(d))})
		return err
	}
	refused(t, move(-time.Second), "InvalidParameterException", 400, "ScheduledTime")
	refused(t, move(6*24*time.Hour+time.Minute), "InvalidParameterException", 400, "ScheduledTime")
	if err := move(time.Minute); err != nil {
		t.Fatal(err)
	}
	w.advance(t, time.Minute)
	for range 10_000 { // the center does it by itself, a moment later
		if n.describe(t, task).ConnectedToSystemTimestamp != nil {
			break
		}
	}
	refused(t, move(time.Minute), "InvalidParameterException", 400, "not scheduled")

	_, err := c.UpdateContact(ctx, &awsconnect.UpdateContactInput{InstanceId: n.id, ContactId: task})
	refused(t, err, "InvalidRequestException", 400, "At least one")
	_, err = c.UpdateContactRoutingData(ctx, &awsconnect.UpdateContactRoutingDataInput{InstanceId: n.id, ContactId: task, QueuePriority: aws.Int64(2), QueueTimeAdjustmentSeconds: aws.Int32(4)})
	refused(t, err, "InvalidParameterException", 400, "QueuePriority")
	must(c.UpdateContactRoutingData(ctx, &awsconnect.UpdateContactRoutingDataInput{InstanceId: n.id, ContactId: task, QueuePriority: aws.Int64(2)}))(t)
	tag := func(k string) error {
		_, err := c.TagContact(ctx, &awsconnect.TagContactInput{InstanceId: n.id, ContactId: task, Tags: map[string]string{k: "v"}})
		return err
	}
	for _, when := range []string{"open", "completed"} {
		must(c.UpdateContact(ctx, &awsconnect.UpdateContactInput{InstanceId: n.id, ContactId: task, Name: aws.String(when), Description: aws.String("d"),
			References: map[string]types.Reference{"page " + when: {Type: types.ReferenceTypeUrl, Value: aws.String("https://example.com")}}}))(t)
		for _, k := range []string{"1", "2", "3"} {
			if err := tag(when + k); err != nil {
				t.Fatal(err)
			}
		}
		if got := n.describe(t, task); *got.Name != when || got.Tags[when+"3"] != "v" || *got.QueuePriority != 2 {
			t.Errorf("%s: %s", when, shown(t, got))
		}
		if when == "open" {
			if err := n.stop(t, task); err != nil {
				t.Fatal(err)
			}
		}
	}
	refused(t, tag("seventh"), "InvalidParameterException", 400, "6 tags")
	refused(t, tag("aws:x"), "InvalidParameterException", 400, "aws:")
	must(c.UntagContact(ctx, &awsconnect.UntagContactInput{InstanceId: n.id, ContactId: task, TagKeys: []string{"open1"}}))(t)
	if err := tag("seventh"); err != nil {
		t.Fatal(err)
	}
	_, err = c.UpdateContactRoutingData(ctx, &awsconnect.UpdateContactRoutingDataInput{InstanceId: n.id, ContactId: task, QueuePriority: aws.Int64(2)})
	refused(t, err, "ResourceNotFoundException", 404, "")
}

func TestTasksFromTemplatesAndQuickConnects(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	ann := n.user(t, "ann")
	field := func(name string, typ types.TaskTemplateFieldType) types.TaskTemplateField {
		return types.TaskTemplateField{Id: &types.TaskTemplateFieldIdentifier{Name: &name}, Type: typ}
	}
	byName := func(name string) *types.TaskTemplateFieldIdentifier {
		return &types.TaskTemplateFieldIdentifier{Name: &name}
	}
	template := must(c.CreateTaskTemplate(ctx, &awsconnect.CreateTaskTemplateInput{InstanceId: n.id, Name: aws.String("claims"), ContactFlowId: n.flow, Status: types.TaskTemplateStatusActive,
		Fields:      []types.TaskTemplateField{field("Name", types.TaskTemplateFieldTypeName), field("amount", types.TaskTemplateFieldTypeNumber), field("team", types.TaskTemplateFieldTypeText), field("life", types.TaskTemplateFieldTypeExpiryDuration)},
		Constraints: &types.TaskTemplateConstraints{RequiredFields: []types.RequiredFieldInfo{{Id: byName("amount")}}, ReadOnlyFields: []types.ReadOnlyFieldInfo{{Id: byName("team")}}},
		Defaults:    &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{{Id: byName("team"), DefaultValue: aws.String("gold")}, {Id: byName("life"), DefaultValue: aws.String("90")}}},
	}))(t).Id
	start := func(refs map[string]string, flow *string) (*string, error) {
		return n.taskWith(t, func(in *awsconnect.StartTaskContactInput) {
			in.ContactFlowId, in.TaskTemplateId, in.References = flow, template, map[string]types.Reference{}
			for k, v := range refs {
				in.References[k] = types.Reference{Type: types.ReferenceTypeString, Value: &v}
			}
		})
	}
	for _, bad := range []struct {
		refs map[string]string
		flow *string
		why  string
	}{
		{nil, nil, `"amount" of the task template is required`},
		{map[string]string{"amount": "much"}, nil, "takes a NUMBER"},
		{map[string]string{"amount": "1", "team": "other"}, nil, "read-only"},
		{map[string]string{"amount": "1"}, n.flow, "flow of its own"},
	} {
		_, err := start(bad.refs, bad.flow)
		refused(t, err, "InvalidRequestException", 400, bad.why)
	}
	task := must(start(map[string]string{"amount": "12"}, nil))(t)
	got := n.describe(t, task)
	if *got.TaskTemplateInfo.Name != "claims" || *got.SegmentAttributes["connect:ContactExpiry"].ValueMap["ExpiryDuration"].ValueInteger != 90 {
		t.Errorf("from the template: %s", shown(t, got))
	}

	handOn := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("to agents"), Type: types.ContactFlowTypeAgentTransfer, Content: aws.String(
		`{"Version":"2019-10-30","StartAction":"go","Metadata":{},"Actions":[{"Identifier":"go","Type":"TransferContactToQueue","Parameters":{},"Transitions":{"NextAction":"end","Errors":[{"NextAction":"end","ErrorType":"QueueAtCapacity"},{"NextAction":"end","ErrorType":"NoMatchingError"}]}},{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`)}))(t).ContactFlowId
	connect := must(c.CreateQuickConnect(ctx, &awsconnect.CreateQuickConnectInput{InstanceId: n.id, Name: aws.String("to ann"), QuickConnectConfig: &types.QuickConnectConfig{
		QuickConnectType: types.QuickConnectTypeUser, UserConfig: &types.UserQuickConnectConfig{UserId: ann, ContactFlowId: handOn}}}))(t).QuickConnectId
	task = must(n.taskWith(t, func(in *awsconnect.StartTaskContactInput) { in.ContactFlowId, in.QuickConnectId = nil, connect }))(t)
	if got := n.describe(t, task); got.QueueInfo == nil || *got.QueueInfo.Id != *ann {
		t.Errorf("through the quick connect: %s", shown(t, got))
	}
	_, err := n.taskWith(t, func(in *awsconnect.StartTaskContactInput) { in.QuickConnectId = connect })
	refused(t, err, "InvalidRequestException", 400, "a flow already")
	_, err = n.taskWith(t, func(in *awsconnect.StartTaskContactInput) { in.ContactFlowId = nil })
	refused(t, err, "InvalidRequestException", 400, "required")
}
