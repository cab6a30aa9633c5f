package connect

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestRoutingCriteria(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	ann, bob := n.user(t, "ann"), n.user(t, "bob")
	must(c.CreatePredefinedAttribute(ctx, &awsconnect.CreatePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language"),
		Values: &types.PredefinedAttributeValuesMemberStringList{Value: []string{"French"}}}))(t)
	speaks := func(level float32) *types.AttributeCondition {
		return &types.AttributeCondition{Name: aws.String("language"), Value: aws.String("French"), ProficiencyLevel: &level, ComparisonOperator: aws.String("NumberGreaterOrEqualTo")}
	}
	is := func(who *string) *types.AttributeCondition {
		return &types.AttributeCondition{ComparisonOperator: aws.String("Match"), MatchCriteria: &types.MatchCriteria{AgentsCriteria: &types.AgentsCriteria{AgentIds: []string{*who}}}}
	}
	route := func(task *string, steps ...types.RoutingCriteriaInputStep) error {
		_, err := c.UpdateContactRoutingData(ctx, &awsconnect.UpdateContactRoutingDataInput{InstanceId: n.id, ContactId: task, RoutingCriteria: &types.RoutingCriteriaInput{Steps: steps}})
		return err
	}
	after := func(seconds int32) *types.RoutingCriteriaInputStepExpiry {
		return &types.RoutingCriteriaInputStepExpiry{DurationInSeconds: &seconds}
	}
	task := must(n.taskWith(t, nil))(t)
	for _, bad := range []struct {
		steps []types.RoutingCriteriaInputStep
		why   string
	}{
		{nil, "1 to 5 steps"},
		{[]types.RoutingCriteriaInputStep{{}}, "no Expression"},
		{[]types.RoutingCriteriaInputStep{{Expression: &types.Expression{}}}, "exactly one of AttributeCondition"},
		{[]types.RoutingCriteriaInputStep{{Expression: &types.Expression{AttributeCondition: is(ann)}, Expiry: after(0)}}, "DurationInSeconds"},
		{[]types.RoutingCriteriaInputStep{{Expression: &types.Expression{AttributeCondition: &types.AttributeCondition{ComparisonOperator: aws.String("Equals")}}}}, "Equals"},
	} {
		refused(t, route(task, bad.steps...), "InvalidParameterException", 400, bad.why)
	}
	refused(t, route(aws.String("nothing"), types.RoutingCriteriaInputStep{Expression: &types.Expression{AttributeCondition: is(ann)}}), "ResourceNotFoundException", 404, "")
	if got := n.describe(t, task).RoutingCriteria; got != nil {
		t.Errorf("what was refused is there: %s", shown(t, got))
	}
	steps := []types.RoutingCriteriaInputStep{
		{Expression: &types.Expression{AndExpression: []types.Expression{{AttributeCondition: speaks(3.5)}, {NotAttributeCondition: is(bob)}}}, Expiry: after(10)},
		{Expression: &types.Expression{OrExpression: []types.Expression{{AttributeCondition: is(bob)}, {AttributeCondition: &types.AttributeCondition{
			Name: aws.String("language"), Value: aws.String("French"), ComparisonOperator: aws.String("Range"),
			Range: &types.Range{MinProficiencyLevel: aws.Float32(4), MaxProficiencyLevel: aws.Float32(5)}}}}}},
	}
	if err := route(task, steps...); err != nil {
		t.Fatal(err)
	}
	at := w.clock.Now()
	want := types.RoutingCriteria{Index: aws.Int32(0), ActivationTimestamp: &at, Steps: []types.Step{
		{Expression: steps[0].Expression, Status: types.RoutingCriteriaStepStatusActive, Expiry: &types.Expiry{DurationInSeconds: aws.Int32(10), ExpiryTimestamp: aws.Time(at.Add(10 * time.Second))}},
		{Expression: steps[1].Expression, Status: types.RoutingCriteriaStepStatusInactive},
	}}
	same(t, shown(t, n.describe(t, task).RoutingCriteria), shown(t, want))

	for _, who := range []*string{ann, bob} {
		must(c.AssociateUserProficiencies(ctx, &awsconnect.AssociateUserProficienciesInput{InstanceId: n.id, UserId: who, UserProficiencies: []types.UserProficiency{
			{AttributeName: aws.String("language"), AttributeValue: aws.String("French"), Level: aws.Float32(3)}}}))(t)
		must(c.PutUserStatus(ctx, &awsconnect.PutUserStatusInput{InstanceId: n.id, UserId: who, AgentStatusId: n.available}))(t)
	}
	if got := n.describe(t, task); got.AgentInfo != nil || *got.Id != *task {
		t.Errorf("someone has it: %s", shown(t, got))
	}
	w.advance(t, 10*time.Second)
	n.accepted(t, bob, task)
	n.until(t, bob, task, center.AgentContactConnected)
	want.Steps[0].Status, want.Steps[1].Status = types.RoutingCriteriaStepStatusExpired, types.RoutingCriteriaStepStatusJoined
	same(t, shown(t, n.describe(t, task).RoutingCriteria), shown(t, want))
	refused(t, route(task, steps...), "ResourceConflictException", 409, "rings")
}
