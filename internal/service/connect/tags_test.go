package connect

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestTags(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	ann := n.user(t, "ann")
	number := must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: aws.String("+12065550100")}))(t)
	connect, err := saved[center.QuickConnectSaved](n.submit(t, center.CreateQuickConnect{Connect: center.QuickConnect{Name: "c", Type: center.QuickConnectNumber, Number: "+12065550100"}}))
	if err != nil {
		t.Fatal(err)
	}
	template, err := saved[center.TaskTemplateSaved](n.submit(t, center.CreateTaskTemplate{Template: center.TaskTemplate{Name: "t", Fields: []center.TaskField{{Name: "n", Type: "NAME"}}}}))
	if err != nil {
		t.Fatal(err)
	}
	n.submit(t, center.SetHierarchy{Names: []string{"Site"}})
	group, err := saved[center.HierarchyGroupSaved](n.submit(t, center.CreateHierarchyGroup{Group: center.HierarchyGroup{Name: "g"}}))
	if err != nil {
		t.Fatal(err)
	}
	prompt := must(c.ListPrompts(ctx, &awsconnect.ListPromptsInput{InstanceId: n.id}))(t).PromptSummaryList[0]
	tags := func(arn string) map[string]string {
		return must(c.ListTagsForResource(ctx, &awsconnect.ListTagsForResourceInput{ResourceArn: &arn}))(t).Tags
	}
	for _, arn := range []string{
		n.arn, n.arn + "/agent/" + *ann, n.arn + "/queue/" + *n.queue, n.arn + "/routing-profile/" + *n.profile, n.arn + "/operating-hours/" + *n.hours,
		n.arn + "/agent-state/" + *n.available, n.arn + "/security-profile/" + *n.agent, n.arn + "/contact-flow/" + *n.flow, *number.PhoneNumberArn,
		n.arn + "/transfer-destination/" + string(connect.Connect.ID), n.arn + "/task-template/" + string(template.Template.ID),
		n.arn + "/agent-group/" + string(group.Group.ID), *prompt.Arn,
	} {
		if got := tags(arn); got == nil || len(got) != 0 {
			t.Errorf("%s has %v", arn, got)
		}
		must(c.TagResource(ctx, &awsconnect.TagResourceInput{ResourceArn: &arn, Tags: map[string]string{"a": "1", "b b": "2"}}))(t)
		must(c.TagResource(ctx, &awsconnect.TagResourceInput{ResourceArn: &arn, Tags: map[string]string{"a": "3"}}))(t)
		must(c.UntagResource(ctx, &awsconnect.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"b b", "none"}}))(t)
		same(t, tags(arn), map[string]string{"a": "3"})
	}
	same(t, must(c.DescribeUser(ctx, &awsconnect.DescribeUserInput{InstanceId: n.id, UserId: ann}))(t).User.Tags, map[string]string{"a": "3"})

	for _, arn := range []string{
		n.arn + "/queue/agent/" + *ann, n.arn + "/queue/" + *ann, n.arn + "/nothing/x", "arn:aws:connect:us-west-2:123456789012:instance/" + *n.id, "arn:aws:connect:eu-central-1:999999999999:instance/" + *n.id,
	} {
		_, err := c.ListTagsForResource(ctx, &awsconnect.ListTagsForResourceInput{ResourceArn: &arn})
		refused(t, err, "ResourceNotFoundException", 404, "")
	}
	many := map[string]string{}
	for i := range 50 {
		many[fmt.Sprint("k", i)] = "v"
	}
	_, err = c.TagResource(ctx, &awsconnect.TagResourceInput{ResourceArn: &n.arn, Tags: many})
	refused(t, err, "InvalidParameterException", 400, "50 tags")
}
