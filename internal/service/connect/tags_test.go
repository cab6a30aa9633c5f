package connect

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func TestTags(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	ann := n.user(t, "ann")
	number := must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: aws.String("+12065550100")}))(t)
	tags := func(arn string) map[string]string {
		return must(c.ListTagsForResource(ctx, &awsconnect.ListTagsForResourceInput{ResourceArn: &arn}))(t).Tags
	}
	for _, arn := range []string{
		n.arn, n.arn + "/agent/" + *ann, n.arn + "/queue/" + *n.queue, n.arn + "/routing-profile/" + *n.profile, n.arn + "/operating-hours/" + *n.hours,
		n.arn + "/agent-state/" + *n.available, n.arn + "/security-profile/" + *n.agent, n.arn + "/contact-flow/" + *n.flow, *number.PhoneNumberArn,
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
	_, err := c.TagResource(ctx, &awsconnect.TagResourceInput{ResourceArn: &n.arn, Tags: many})
	refused(t, err, "InvalidParameterException", 400, "50 tags")
}
