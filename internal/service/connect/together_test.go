package connect

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
	"github.com/aws/smithy-go"
)

// TestInstancesComeAndGoUnderRequests: whoever uses an instance while it is deleted is told that it is not there, and
// nothing else.
func TestInstancesComeAndGoUnderRequests(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for round := range 10 {
		n := w.tenant(t, fmt.Sprint("desk", round), types.DirectoryTypeConnectManaged)
		calls := []func() error{
			func() error { _, err := n.client.CreateUser(ctx, n.newUser("ann")); return err },
			func() error {
				_, err := n.client.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: aws.String("+12065550100")})
				return err
			},
			func() error {
				_, err := n.client.StartTaskContact(ctx, &awsconnect.StartTaskContactInput{InstanceId: n.id, ContactFlowId: n.flow, Name: aws.String("x")})
				return err
			},
			func() error { _, err := n.client.ListInstances(ctx, nil); return err },
			func() error { _, err := n.client.ListPhoneNumbersV2(ctx, nil); return err },
			func() error {
				_, err := n.client.GetCurrentUserData(ctx, &awsconnect.GetCurrentUserDataInput{InstanceId: n.id, Filters: &types.UserDataFilters{Queues: []string{*n.queue}}})
				return err
			},
			func() error {
				_, err := n.client.DescribeContact(ctx, &awsconnect.DescribeContactInput{InstanceId: n.id, ContactId: aws.String("none")})
				return err
			},
		}
		var group sync.WaitGroup
		for _, call := range calls {
			group.Go(func() {
				for range 20 {
					var e smithy.APIError
					switch err := call(); {
					case err == nil:
					case errors.As(err, &e) && (e.ErrorCode() == "ResourceNotFoundException" || e.ErrorCode() == "DuplicateResourceException" || e.ErrorCode() == "InvalidParameterException"):
					default:
						t.Error(err)
					}
				}
			})
		}
		group.Go(func() { must(n.client.DeleteInstance(ctx, &awsconnect.DeleteInstanceInput{InstanceId: n.id}))(t) })
		group.Wait()
	}
}

// TestEverythingIsThereAfterARestart reads an instance before and after.
func TestEverythingIsThereAfterARestart(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx := t.Context()
	ann := n.user(t, "ann")
	task := n.task(t, "x")
	id := must(n.associate(t, types.InstanceStorageResourceTypeAgentEvents, stream("is")))(t)
	read := func() (all []string) {
		c := w.client
		add := func(v any) { all = append(all, shown(t, v)) }
		add(must(c.ListInstances(ctx, nil))(t))
		add(must(c.DescribeInstance(ctx, &awsconnect.DescribeInstanceInput{InstanceId: n.id}))(t))
		add(must(c.DescribeUser(ctx, &awsconnect.DescribeUserInput{InstanceId: n.id, UserId: ann}))(t))
		add(must(c.DescribeQueue(ctx, &awsconnect.DescribeQueueInput{InstanceId: n.id, QueueId: n.queue}))(t))
		add(must(c.DescribeRoutingProfile(ctx, &awsconnect.DescribeRoutingProfileInput{InstanceId: n.id, RoutingProfileId: n.profile}))(t))
		add(must(c.ListRoutingProfileQueues(ctx, &awsconnect.ListRoutingProfileQueuesInput{InstanceId: n.id, RoutingProfileId: n.profile}))(t))
		add(must(c.DescribeHoursOfOperation(ctx, &awsconnect.DescribeHoursOfOperationInput{InstanceId: n.id, HoursOfOperationId: n.hours}))(t))
		add(must(c.DescribeContactFlow(ctx, &awsconnect.DescribeContactFlowInput{InstanceId: n.id, ContactFlowId: n.flow}))(t))
		add(must(c.DescribeInstanceStorageConfig(ctx, &awsconnect.DescribeInstanceStorageConfigInput{InstanceId: n.id, AssociationId: id, ResourceType: types.InstanceStorageResourceTypeAgentEvents}))(t))
		add(must(c.DescribeContact(ctx, &awsconnect.DescribeContactInput{InstanceId: n.id, ContactId: task}))(t))
		return all
	}
	before := read()
	w.restart()
	same(t, read(), before)
}
