package connect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// movable is a number in the first of three instances.
type movable struct {
	*world
	tenants []*tenant
	id      *string
	arn     string
}

func newMovable(t *testing.T) *movable {
	t.Helper()
	w := newWorld(t)
	m := &movable{world: w}
	for _, alias := range []string{"one", "two", "three"} {
		m.tenants = append(m.tenants, w.tenant(t, alias, types.DirectoryTypeConnectManaged))
	}
	made := must(w.client.ClaimPhoneNumber(t.Context(), &awsconnect.ClaimPhoneNumberInput{
		TargetArn: &m.tenants[0].arn, PhoneNumber: aws.String("+12065550100"), PhoneNumberDescription: aws.String("front desk"), Tags: map[string]string{"a": "b"},
	}))(t)
	m.id, m.arn = made.PhoneNumberId, *made.PhoneNumberArn
	return m
}

func (m *movable) move(t *testing.T, to int) error {
	_, err := m.client.UpdatePhoneNumber(t.Context(), &awsconnect.UpdatePhoneNumberInput{PhoneNumberId: m.id, TargetArn: &m.tenants[to].arn})
	return err
}

// half does the first half of a move, after which the process may die.
func (m *movable) half(t *testing.T, from, to int) {
	t.Helper()
	n, ok := m.number(t, from)
	if !ok {
		t.Fatalf("instance %d does not have the number", from)
	}
	must(m.center(t, to).Submit(t.Context(), center.AdoptPhoneNumber{Number: n}))(t)
}

func (m *movable) center(t *testing.T, i int) Center {
	t.Helper()
	c, err := m.Find(testAccount, testRegion, center.InstanceID(*m.tenants[i].id))
	if err != nil {
		t.Fatalf("no instance %d: %v", i, err)
	}
	return c
}

// number is what an instance's directory holds of the number.
func (m *movable) number(t *testing.T, i int) (n center.PhoneNumber, ok bool) {
	t.Helper()
	m.center(t, i).View().Directory(func(d *directory.Directory) { n, ok = d.Numbers[center.PhoneNumberID(*m.id)] })
	return n, ok
}

func (m *movable) callsOutWith(t *testing.T, i int, number *string) {
	t.Helper()
	n := m.tenants[i]
	must(m.client.UpdateQueueOutboundCallerConfig(t.Context(), &awsconnect.UpdateQueueOutboundCallerConfigInput{
		InstanceId: n.id, QueueId: n.queue, OutboundCallerConfig: &types.OutboundCallerConfig{OutboundCallerIdNumberId: number},
	}))(t)
}

// is checks that the number is an instance's, is shown there alone and in whole, and which directories hold it.
func (m *movable) is(t *testing.T, of int, held ...int) {
	t.Helper()
	ctx := t.Context()
	got := must(m.client.DescribePhoneNumber(ctx, &awsconnect.DescribePhoneNumberInput{PhoneNumberId: m.id}))(t).ClaimedPhoneNumberSummary
	same(t, got, &types.ClaimedPhoneNumberSummary{
		PhoneNumberId: m.id, PhoneNumberArn: &m.arn, PhoneNumber: aws.String("+12065550100"),
		PhoneNumberCountryCode: types.PhoneNumberCountryCodeUs, PhoneNumberType: types.PhoneNumberTypeDid, PhoneNumberDescription: aws.String("front desk"),
		TargetArn: &m.tenants[of].arn, InstanceId: m.tenants[of].id, Tags: map[string]string{"a": "b"},
		PhoneNumberStatus: &types.PhoneNumberStatus{Status: types.PhoneNumberWorkflowStatusClaimed},
	})
	all := must(m.client.ListPhoneNumbersV2(ctx, nil))(t).ListPhoneNumbersSummaryList
	if len(all) != 1 || *all[0].InstanceId != *m.tenants[of].id {
		t.Errorf("the account lists %s", shown(t, all))
	}
	for i, n := range m.tenants {
		want := 0
		if i == of {
			want = 1
		}
		v2 := must(m.client.ListPhoneNumbersV2(ctx, &awsconnect.ListPhoneNumbersV2Input{TargetArn: &n.arn}))(t).ListPhoneNumbersSummaryList
		v1 := must(m.client.ListPhoneNumbers(ctx, &awsconnect.ListPhoneNumbersInput{InstanceId: n.id}))(t).PhoneNumberSummaryList
		if len(v2) != want || len(v1) != want {
			t.Errorf("instance %d lists %s and %s, want %d", i, shown(t, v2), shown(t, v1), want)
		}
	}
	m.held(t, held...)
}

func (m *movable) held(t *testing.T, by ...int) {
	t.Helper()
	var got []int
	for i := range m.tenants {
		if _, ok := m.number(t, i); ok {
			got = append(got, i)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(by) {
		t.Errorf("instances %v hold the number, want %v", got, by)
	}
}

func TestUpdatePhoneNumberMetadata(t *testing.T) {
	m := newMovable(t)
	ctx := t.Context()
	described := func() *string {
		return must(m.client.DescribePhoneNumber(ctx, &awsconnect.DescribePhoneNumberInput{PhoneNumberId: m.id}))(t).ClaimedPhoneNumberSummary.PhoneNumberDescription
	}
	for _, x := range []struct{ id, text, want *string }{
		{m.id, aws.String("back office"), aws.String("back office")}, {m.id, nil, aws.String("back office")}, {&m.arn, aws.String(""), nil}, {m.id, aws.String("top floor"), aws.String("top floor")},
	} {
		must(m.client.UpdatePhoneNumberMetadata(ctx, &awsconnect.UpdatePhoneNumberMetadataInput{PhoneNumberId: x.id, PhoneNumberDescription: x.text}))(t)
		same(t, described(), x.want)
	}
	m.restart()
	same(t, described(), aws.String("top floor"))

	in := &awsconnect.UpdatePhoneNumberMetadataInput{PhoneNumberId: m.id, PhoneNumberDescription: aws.String("roof"), ClientToken: aws.String("token")}
	must(m.client.UpdatePhoneNumberMetadata(ctx, in))(t)
	must(m.client.UpdatePhoneNumberMetadata(ctx, &awsconnect.UpdatePhoneNumberMetadataInput{PhoneNumberId: m.id, PhoneNumberDescription: aws.String("cellar")}))(t)
	must(m.client.UpdatePhoneNumberMetadata(ctx, in))(t) // the same request again
	same(t, described(), aws.String("cellar"))
	in.PhoneNumberDescription = aws.String("garden")
	_, err := m.client.UpdatePhoneNumberMetadata(ctx, in)
	refused(t, err, "IdempotencyException", 409, "ClientToken")
	_, err = m.clientOf("999999999999", testRegion).UpdatePhoneNumberMetadata(ctx, &awsconnect.UpdatePhoneNumberMetadataInput{PhoneNumberId: m.id})
	refused(t, err, "ResourceNotFoundException", 404, "phone-number")
}

func TestUpdatePhoneNumber(t *testing.T) {
	m := newMovable(t)
	ctx := t.Context()
	one, two := m.tenants[0], m.tenants[1]
	must(m.client.AssociatePhoneNumberContactFlow(ctx, &awsconnect.AssociatePhoneNumberContactFlowInput{InstanceId: one.id, PhoneNumberId: m.id, ContactFlowId: one.flow}))(t)

	if err := m.move(t, 0); err != nil { // it is there already
		t.Error(err)
	}
	if n, _ := m.number(t, 0); n.Flow == "" {
		t.Error("a move to where it is takes the flow away")
	}
	m.callsOutWith(t, 0, m.id)
	before := m.center(t, 1).View().Place()
	refused(t, m.move(t, 1), "ResourceInUseException", 409, "queue "+*one.queue+" calls out with it")
	m.is(t, 0, 0)
	if after := m.center(t, 1).View().Place(); after != before {
		t.Errorf("a move that is refused wrote into the target's journal: %d, then %d", before, after)
	}
	m.callsOutWith(t, 0, nil)

	in := &awsconnect.UpdatePhoneNumberInput{PhoneNumberId: &m.arn, InstanceId: two.id, ClientToken: aws.String("token")}
	same(t, must(m.client.UpdatePhoneNumber(ctx, in))(t), &awsconnect.UpdatePhoneNumberOutput{PhoneNumberId: m.id, PhoneNumberArn: &m.arn})
	m.is(t, 1, 1)
	if n, _ := m.number(t, 1); n.Flow != "" {
		t.Errorf("the number came with flow %s", n.Flow)
	}
	m.restart()
	m.is(t, 1, 1)
	must(m.client.AssociatePhoneNumberContactFlow(ctx, &awsconnect.AssociatePhoneNumberContactFlowInput{InstanceId: two.id, PhoneNumberId: m.id, ContactFlowId: two.flow}))(t)
	must(m.client.UpdatePhoneNumber(ctx, in))(t) // the same request again: the restart forgot the token, and it is there
	if err := m.move(t, 0); err != nil {
		t.Error(err)
	}
	must(m.client.UpdatePhoneNumber(ctx, in))(t) // the same request again
	m.is(t, 0, 0)
	in.InstanceId = m.tenants[2].id
	_, err := m.client.UpdatePhoneNumber(ctx, in)
	refused(t, err, "IdempotencyException", 409, "ClientToken")

	elsewhere := m.clientOf(testAccount, "us-west-2")
	abroad := must(elsewhere.CreateInstance(ctx, instance("abroad", "")))(t)
	for name, x := range map[string]struct {
		in    awsconnect.UpdatePhoneNumberInput
		class string
		words string
	}{
		"of another Region":              {awsconnect.UpdatePhoneNumberInput{PhoneNumberId: m.id, TargetArn: abroad.Arn}, "ResourceNotFoundException", "instance"},
		"a traffic distribution group":   {awsconnect.UpdatePhoneNumberInput{PhoneNumberId: m.id, TargetArn: aws.String("arn:aws:connect:eu-central-1:123456789012:traffic-distribution-group/x")}, "InvalidParameterException", "traffic distribution group is not supported"},
		"two of them":                    {awsconnect.UpdatePhoneNumberInput{PhoneNumberId: m.id, TargetArn: &two.arn, InstanceId: two.id}, "InvalidParameterException", "together"},
		"an ARN as ListPhoneNumbers has": {awsconnect.UpdatePhoneNumberInput{PhoneNumberId: aws.String(one.arn + "/phone-number/" + *m.id), TargetArn: &two.arn}, "ResourceNotFoundException", "phone-number"},
	} {
		_, err := m.client.UpdatePhoneNumber(ctx, &x.in)
		status := 404
		if x.class == "InvalidParameterException" {
			status = 400
		}
		t.Run(name, func(t *testing.T) { refused(t, err, x.class, status, x.words) })
	}
	_, err = elsewhere.UpdatePhoneNumber(ctx, &awsconnect.UpdatePhoneNumberInput{PhoneNumberId: m.id, InstanceId: abroad.Id})
	refused(t, err, "ResourceNotFoundException", 404, "phone-number")
	m.is(t, 0, 0)
}

// TestAMoveCutShort: after the first half of a move the number is the target's, and every operation on it sees it so.
func TestAMoveCutShort(t *testing.T) {
	for name, x := range map[string]func(t *testing.T, m *movable){
		"the same call again": func(t *testing.T, m *movable) {
			must(m.client.AssociatePhoneNumberContactFlow(t.Context(), &awsconnect.AssociatePhoneNumberContactFlowInput{InstanceId: m.tenants[1].id, PhoneNumberId: m.id, ContactFlowId: m.tenants[1].flow}))(t)
			if err := m.move(t, 1); err != nil {
				t.Fatal(err)
			}
			m.is(t, 1, 1)
			if n, _ := m.number(t, 1); n.Flow == "" {
				t.Error("finishing the move takes the flow away")
			}
		},
		"the same call again, refused": func(t *testing.T, m *movable) {
			m.callsOutWith(t, 0, m.id)
			refused(t, m.move(t, 1), "ResourceInUseException", 409, "calls out with it")
			m.is(t, 1, 0, 1)
		},
		"back": func(t *testing.T, m *movable) {
			if err := m.move(t, 0); err != nil {
				t.Fatal(err)
			}
			m.is(t, 0, 0)
		},
		"on to a third": func(t *testing.T, m *movable) {
			m.half(t, 1, 2)
			m.is(t, 2, 0, 1, 2)
			if err := m.move(t, 2); err != nil {
				t.Fatal(err)
			}
			m.is(t, 2, 2)
		},
		"released": func(t *testing.T, m *movable) {
			must(m.client.ReleasePhoneNumber(t.Context(), &awsconnect.ReleasePhoneNumberInput{PhoneNumberId: m.id}))(t)
			m.held(t)
			must(m.client.ClaimPhoneNumber(t.Context(), &awsconnect.ClaimPhoneNumberInput{InstanceId: m.tenants[2].id, PhoneNumber: aws.String("+12065550100")}))(t)
		},
		"not claimed by a third": func(t *testing.T, m *movable) {
			_, err := m.client.ClaimPhoneNumber(t.Context(), &awsconnect.ClaimPhoneNumberInput{InstanceId: m.tenants[2].id, PhoneNumber: aws.String("+12065550100")})
			refused(t, err, "InvalidParameterException", 400, "not available")
		},
		"changed": func(t *testing.T, m *movable) {
			must(m.client.UpdatePhoneNumberMetadata(t.Context(), &awsconnect.UpdatePhoneNumberMetadataInput{PhoneNumberId: m.id, PhoneNumberDescription: aws.String("new")}))(t)
			must(m.client.TagResource(t.Context(), &awsconnect.TagResourceInput{ResourceArn: &m.arn, Tags: map[string]string{"c": "d"}}))(t)
			if n, _ := m.number(t, 1); n.Description != "new" || n.Tags["c"] != "d" {
				t.Errorf("the target has %+v", n)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMovable(t)
			m.half(t, 0, 1)
			m.restart()
			m.is(t, 1, 0, 1)
			x(t, m)
		})
	}
}

// interrupted does something else between the halves of a move.
type interrupted struct {
	Center
	before func()
}

func (c interrupted) Submit(ctx context.Context, cmd center.Command) (center.Step, error) {
	if _, ok := cmd.(center.ReleasePhoneNumber); ok {
		c.before()
	}
	return c.Center.Submit(ctx, cmd)
}

// TestAMoveMeetsAnother: what happens at the first instance after the number was found free to go.
func TestAMoveMeetsAnother(t *testing.T) {
	for name, x := range map[string]struct {
		meanwhile func(t *testing.T, m *movable)
		class     string
		held      []int
	}{
		"a queue calls out with it": {func(t *testing.T, m *movable) { m.callsOutWith(t, 0, m.id) }, "ResourceInUseException", []int{0}},
		"a queue there does too": {func(t *testing.T, m *movable) {
			m.callsOutWith(t, 0, m.id)
			m.callsOutWith(t, 1, m.id)
		}, "ResourceInUseException", []int{0, 1}},
		"it is gone": {func(t *testing.T, m *movable) {
			must(m.center(t, 0).Submit(t.Context(), center.ReleasePhoneNumber{ID: center.PhoneNumberID(*m.id)}))(t)
		}, "", []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMovable(t)
			n, _ := m.number(t, 0)
			err := move(t.Context(), []holder{{interrupted{m.center(t, 0), func() { x.meanwhile(t, m) }}, n}}, m.center(t, 1))
			var e wire.Error
			if errors.As(err, &e) != (x.class != "") || e != nil && e.ErrorCode() != x.class {
				t.Errorf("answered with %v, want %q", err, x.class)
			}
			m.held(t, x.held...)
		})
	}
}

// leaving is a node whose instances see the client go away between the halves of a move.
type leaving struct {
	*world
	leave func()
}

func (l leaving) Find(account, region string, id center.InstanceID) (Center, error) {
	c, err := l.world.Find(account, region, id)
	return interrupted{c, l.leave}, err
}

func (l leaving) List(account, region string) []Center {
	return mapped(l.world.List(account, region), func(c Center) Center { return interrupted{c, l.leave} })
}

func TestAMoveIsFinishedWithoutItsClient(t *testing.T) {
	m := newMovable(t)
	ctx, cancel := context.WithCancel(wire.WithCaller(t.Context(), wire.Caller{Account: testAccount, Region: testRegion}))
	s := New(Config{Centers: leaving{m.world, cancel}, Clock: m.clock})
	if _, err := s.updatePhoneNumber(ctx, &connectapi.UpdatePhoneNumberInput{PhoneNumberId: m.id, InstanceId: m.tenants[1].id}); err != nil {
		t.Error(err)
	}
	if ctx.Err() == nil {
		t.Error("the client did not go away")
	}
	m.is(t, 1, 1)
}

// TestChangesMoveAlong: what is acknowledged while a number goes to and fro is there in the end.
func TestChangesMoveAlong(t *testing.T) {
	m := newMovable(t)
	const rounds = 20
	var group sync.WaitGroup
	group.Go(func() {
		for i := range rounds {
			if err := m.move(t, (i+1)%2); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range rounds {
		if _, err := m.client.TagResource(t.Context(), &awsconnect.TagResourceInput{ResourceArn: &m.arn, Tags: map[string]string{fmt.Sprint(i): "x"}}); err != nil {
			t.Error(err)
		}
		if _, err := m.client.UpdatePhoneNumberMetadata(t.Context(), &awsconnect.UpdatePhoneNumberMetadataInput{PhoneNumberId: m.id, PhoneNumberDescription: aws.String(fmt.Sprint(i))}); err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	m.held(t, 0)
	if n, _ := m.number(t, 0); len(n.Tags) != rounds+1 || n.Description != fmt.Sprint(rounds-1) || n.Moves != rounds {
		t.Errorf("in the end it is %+v", n)
	}
}
