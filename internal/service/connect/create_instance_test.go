package connect

import (
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func instance(alias, token string) *awsconnect.CreateInstanceInput {
	in := &awsconnect.CreateInstanceInput{
		IdentityManagementType: types.DirectoryTypeConnectManaged, InstanceAlias: &alias,
		InboundCallsEnabled: aws.Bool(true), OutboundCallsEnabled: aws.Bool(false),
	}
	if token != "" {
		in.ClientToken = &token
	}
	return in
}

func TestCreateInstance(t *testing.T) {
	w := newWorld(t)
	in := instance("desk", "")
	in.Tags = map[string]string{"team": "one"}
	made := must(w.client.CreateInstance(t.Context(), in))(t)
	if want := "arn:aws:connect:eu-central-1:123456789012:instance/" + *made.Id; *made.Arn != want {
		t.Errorf("the ARN is %s, want %s", *made.Arn, want)
	}
	got := must(w.client.DescribeInstance(t.Context(), &awsconnect.DescribeInstanceInput{InstanceId: made.Id}))(t)
	role := got.Instance.ServiceRole
	same(t, got.Instance, types.Instance{
		Id: made.Id, Arn: made.Arn, IdentityManagementType: types.DirectoryTypeConnectManaged, InstanceAlias: aws.String("desk"),
		CreatedTime: aws.Time(w.clock.Now()), ServiceRole: role, InstanceStatus: types.InstanceStatusActive,
		InboundCallsEnabled: aws.Bool(true), OutboundCallsEnabled: aws.Bool(false), Tags: map[string]string{"team": "one"},
	})
	if role == nil {
		t.Error("there is no service role")
	}
}

func TestCreateInstanceRefuses(t *testing.T) {
	w := newWorld(t)
	must(w.client.CreateInstance(t.Context(), instance("desk", "")))(t)
	for name, c := range map[string]struct {
		change func(*awsconnect.CreateInstanceInput)
		words  string
	}{
		"a taken alias":           {func(in *awsconnect.CreateInstanceInput) { in.InstanceAlias = aws.String("DESK") }, "Invalid Input. Instance alias is already used."},
		"no alias":                {func(in *awsconnect.CreateInstanceInput) { in.InstanceAlias = nil }, "InstanceAlias is required"},
		"an alias like an id":     {func(in *awsconnect.CreateInstanceInput) { in.InstanceAlias = aws.String("d-desk") }, "nstanceAlias"},
		"an alias with a dot":     {func(in *awsconnect.CreateInstanceInput) { in.InstanceAlias = aws.String("a.b") }, "nstanceAlias"},
		"a directory":             {func(in *awsconnect.CreateInstanceInput) { in.DirectoryId = aws.String("d-0123456789") }, "DirectoryId"},
		"an existing directory":   {func(in *awsconnect.CreateInstanceInput) { in.IdentityManagementType = "EXISTING_DIRECTORY" }, "EXISTING_DIRECTORY is not supported"},
		"an unknown kind":         {func(in *awsconnect.CreateInstanceInput) { in.IdentityManagementType = "LDAP" }, "dentityManagementType"},
		"a tag of AWS's own kind": {func(in *awsconnect.CreateInstanceInput) { in.Tags = map[string]string{"aws:x": "y"} }, "ags"},
	} {
		in := instance("other", "")
		c.change(in)
		_, err := w.client.CreateInstance(t.Context(), in)
		t.Run(name, func(t *testing.T) { refused(t, err, "InvalidRequestException", 400, c.words) })
	}
	if _, err := w.clientOf("999999999999", "us-west-2").CreateInstance(t.Context(), instance("desk", "")); err == nil {
		t.Error("another account in another Region got the same alias")
	}
}

func TestCreateInstanceOnceForEachToken(t *testing.T) {
	w := newWorld(t)
	first := must(w.client.CreateInstance(t.Context(), instance("desk", "token")))(t)
	same(t, must(w.client.CreateInstance(t.Context(), instance("desk", "token")))(t), first)
	_, err := w.client.CreateInstance(t.Context(), instance("other", "token"))
	refused(t, err, "InvalidRequestException", 400, "ClientToken")

	w.restart()
	same(t, must(w.client.CreateInstance(t.Context(), instance("desk", "token")))(t), first)
	w.restart()
	_, err = w.client.CreateInstance(t.Context(), instance("other", "token"))
	refused(t, err, "InvalidRequestException", 400, "ClientToken")

	other := must(w.clientOf("999999999999", testRegion).CreateInstance(t.Context(), instance("theirs", "token")))(t)
	if *other.Id == *first.Id {
		t.Error("two accounts share an instance by sharing a token")
	}

	must(w.client.DeleteInstance(t.Context(), &awsconnect.DeleteInstanceInput{InstanceId: first.Id}))(t)
	w.restart()
	again := must(w.client.CreateInstance(t.Context(), instance("desk", "token")))(t)
	if *again.Id == *first.Id {
		t.Error("a deleted instance came back")
	}
}

func TestCreateInstanceAtTheSameTime(t *testing.T) {
	w := newWorld(t)
	ids := make([]string, 8)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			out, err := w.client.CreateInstance(t.Context(), instance("desk", "token"))
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = *out.Id
		})
	}
	group.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("one token made %v", ids)
		}
	}
	if n := len(w.instances.List("", "")); n != 1 {
		t.Errorf("there are %d instances", n)
	}
}
