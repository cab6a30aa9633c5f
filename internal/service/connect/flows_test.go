package connect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// module ends at once.
const module = `{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":"EndFlowModuleExecution","Parameters":{},"Transitions":{}}]}`

// invoking is a flow that invokes a module and leads to another flow.
func invoking(module, flow string) string {
	return fmt.Sprintf(`{"Version":"2019-10-30","StartAction":"a","Actions":[
		{"Identifier":"a","Type":"InvokeFlowModule","Parameters":{"FlowModuleId":%q},"Transitions":{"NextAction":"b","Errors":[{"NextAction":"b","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"b","Type":"TransferToFlow","Parameters":{"ContactFlowId":%q},"Transitions":{"NextAction":"c","Errors":[{"NextAction":"c","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"c","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`, module, flow)
}

func TestContactFlowsAreDraftedRenamedArchivedAndDeleted(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	describe := func(id string) *types.ContactFlow {
		return must(c.DescribeContactFlow(ctx, &awsconnect.DescribeContactFlowInput{InstanceId: n.id, ContactFlowId: &id}))(t).ContactFlow
	}
	content := flowTo(*n.queue)
	id := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("in"), Type: types.ContactFlowTypeContactFlow, Content: &content}))(t).ContactFlowId

	must(c.UpdateContactFlowContent(ctx, &awsconnect.UpdateContactFlowContentInput{InstanceId: n.id, ContactFlowId: aws.String(*id + ":$SAVED"), Content: aws.String(`{"unfinished":true}`)}))(t)
	if got := describe(*id); *got.Content != content || got.Status != types.ContactFlowStatusPublished {
		t.Errorf("a draft changes what is published: %s", shown(t, got))
	}
	if got := describe(*id + ":$SAVED"); *got.Content != `{"unfinished":true}` || got.Status != types.ContactFlowStatusSaved {
		t.Errorf("the draft is %s", shown(t, got))
	}
	must(c.UpdateContactFlowContent(ctx, &awsconnect.UpdateContactFlowContentInput{InstanceId: n.id, ContactFlowId: id, Content: &content}))(t)
	if got := describe(*id + ":$SAVED"); *got.Content != content {
		t.Errorf("publishing leaves a draft behind: %s", shown(t, got))
	}

	must(c.UpdateContactFlowName(ctx, &awsconnect.UpdateContactFlowNameInput{InstanceId: n.id, ContactFlowId: id, Name: aws.String("inbound"), Description: aws.String("d")}))(t)
	must(c.UpdateContactFlowMetadata(ctx, &awsconnect.UpdateContactFlowMetadataInput{InstanceId: n.id, ContactFlowId: id, Description: aws.String("e"), ContactFlowState: types.ContactFlowStateArchived}))(t)
	if got := describe(*id); *got.Name != "inbound" || *got.Description != "e" || got.State != types.ContactFlowStateArchived {
		t.Errorf("after the changes: %s", shown(t, got))
	}
	_, err := c.UpdateContactFlowMetadata(ctx, &awsconnect.UpdateContactFlowMetadataInput{InstanceId: n.id, ContactFlowId: id, Name: aws.String("Default agent hold")})
	refused(t, err, "DuplicateResourceException", 409, "Name")

	must(c.DeleteContactFlow(ctx, &awsconnect.DeleteContactFlowInput{InstanceId: n.id, ContactFlowId: id}))(t)
	_, err = c.DeleteContactFlow(ctx, &awsconnect.DeleteContactFlowInput{InstanceId: n.id, ContactFlowId: id})
	refused(t, err, "ResourceNotFoundException", 404, "contact-flow")
	whisper := must(c.ListContactFlows(ctx, &awsconnect.ListContactFlowsInput{InstanceId: n.id, ContactFlowTypes: []types.ContactFlowType{types.ContactFlowTypeAgentWhisper}}))(t).ContactFlowSummaryList[0].Id
	_, err = c.DeleteContactFlow(ctx, &awsconnect.DeleteContactFlowInput{InstanceId: n.id, ContactFlowId: whisper})
	refused(t, err, "InvalidRequestException", 400, "default flow")
}

func TestFlowModules(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	in := &awsconnect.CreateContactFlowModuleInput{InstanceId: n.id, Name: aws.String("m"), Description: aws.String("d"), Content: aws.String(module), ClientToken: aws.String("token"), Tags: map[string]string{"k": "v"}}
	made := must(c.CreateContactFlowModule(ctx, in))(t)
	if again := must(c.CreateContactFlowModule(ctx, in))(t); *again.Id != *made.Id {
		t.Error("a repeated request makes another module")
	}
	describe := func(id string) *types.ContactFlowModule {
		return must(c.DescribeContactFlowModule(ctx, &awsconnect.DescribeContactFlowModuleInput{InstanceId: n.id, ContactFlowModuleId: &id}))(t).ContactFlowModule
	}
	got := describe(*made.Arn)
	same(t, got, &types.ContactFlowModule{
		Id: made.Id, Arn: aws.String(n.arn + "/flow-module/" + *made.Id), Name: aws.String("m"), Description: aws.String("d"), Content: aws.String(module),
		State: types.ContactFlowModuleStateActive, Status: types.ContactFlowModuleStatusPublished, Tags: map[string]string{"k": "v"}, FlowModuleContentSha256: got.FlowModuleContentSha256,
	})
	same(t, must(c.ListTagsForResource(ctx, &awsconnect.ListTagsForResourceInput{ResourceArn: made.Arn}))(t).Tags, map[string]string{"k": "v"})

	flow := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("user"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(invoking(*made.Id, *n.flow))}))(t).ContactFlowId
	_, err := c.DeleteContactFlowModule(ctx, &awsconnect.DeleteContactFlowModuleInput{InstanceId: n.id, ContactFlowModuleId: made.Id})
	refused(t, err, "InvalidRequestException", 400, *flow)
	_, err = c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("lost"), Type: types.ContactFlowTypeContactFlow, Content: aws.String(invoking(*n.flow, *n.flow))})
	var invalid *types.InvalidContactFlowException
	if !errors.As(err, &invalid) || len(invalid.Problems) != 1 || !strings.Contains(*invalid.Problems[0].Message, `action "a"`) {
		t.Errorf("a flow that invokes a flow as a module: %v", err)
	}

	must(c.UpdateContactFlowModuleContent(ctx, &awsconnect.UpdateContactFlowModuleContentInput{InstanceId: n.id, ContactFlowModuleId: aws.String(*made.Id + ":$SAVED"), Content: aws.String("{}")}))(t)
	if got := describe(*made.Id + ":$SAVED"); *got.Content != "{}" || got.Status != types.ContactFlowModuleStatusSaved {
		t.Errorf("the draft is %s", shown(t, got))
	}
	_, err = c.UpdateContactFlowModuleContent(ctx, &awsconnect.UpdateContactFlowModuleContentInput{InstanceId: n.id, ContactFlowModuleId: made.Id, Content: aws.String("{}")})
	var invalidModule *types.InvalidContactFlowModuleException
	if !errors.As(err, &invalidModule) || len(invalidModule.Problems) != 1 {
		t.Errorf("publishing what is no module: %v", err)
	}
	must(c.UpdateContactFlowModuleContent(ctx, &awsconnect.UpdateContactFlowModuleContentInput{InstanceId: n.id, ContactFlowModuleId: made.Id, Content: aws.String(module + " ")}))(t)
	must(c.UpdateContactFlowModuleMetadata(ctx, &awsconnect.UpdateContactFlowModuleMetadataInput{InstanceId: n.id, ContactFlowModuleId: made.Id, Name: aws.String("n"), State: types.ContactFlowModuleStateArchived}))(t)
	list := func(state types.ContactFlowModuleState) []types.ContactFlowModuleSummary {
		return must(c.ListContactFlowModules(ctx, &awsconnect.ListContactFlowModulesInput{InstanceId: n.id, ContactFlowModuleState: state}))(t).ContactFlowModulesSummaryList
	}
	if active, all := list(types.ContactFlowModuleStateActive), list(""); len(active) != 0 || len(all) != 1 || *all[0].Name != "n" {
		t.Errorf("active %s, all %s", shown(t, active), shown(t, all))
	}
	must(c.DeleteContactFlow(ctx, &awsconnect.DeleteContactFlowInput{InstanceId: n.id, ContactFlowId: flow}))(t)
	must(c.DeleteContactFlowModule(ctx, &awsconnect.DeleteContactFlowModuleInput{InstanceId: n.id, ContactFlowModuleId: made.Id}))(t)
	_, err = c.DescribeContactFlowModule(ctx, &awsconnect.DescribeContactFlowModuleInput{InstanceId: n.id, ContactFlowModuleId: made.Id})
	refused(t, err, "ResourceNotFoundException", 404, "flow-module")
}

func TestLambdaFunctions(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	var want []string
	for i := range 30 {
		fn := fmt.Sprintf("arn:aws:lambda:eu-central-1:123456789012:function:f%02d", i)
		want = append(want, fn)
		for range 2 {
			must(c.AssociateLambdaFunction(ctx, &awsconnect.AssociateLambdaFunctionInput{InstanceId: n.id, FunctionArn: &fn}))(t)
		}
	}
	var got []string
	for p := awsconnect.NewListLambdaFunctionsPaginator(c, &awsconnect.ListLambdaFunctionsInput{InstanceId: n.id, MaxResults: aws.Int32(7)}); p.HasMorePages(); {
		got = append(got, must(p.NextPage(ctx))(t).LambdaFunctions...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	must(c.DisassociateLambdaFunction(ctx, &awsconnect.DisassociateLambdaFunctionInput{InstanceId: n.id, FunctionArn: &want[3]}))(t)
	_, err := c.DisassociateLambdaFunction(ctx, &awsconnect.DisassociateLambdaFunctionInput{InstanceId: n.id, FunctionArn: &want[3]})
	refused(t, err, "ResourceNotFoundException", 404, "lambda-function")
	_, err = c.AssociateLambdaFunction(ctx, &awsconnect.AssociateLambdaFunctionInput{InstanceId: n.id, FunctionArn: aws.String("f")})
	refused(t, err, "InvalidParameterException", 400, "FunctionArn")
	for i := range 21 {
		fn := fmt.Sprintf("arn:aws:lambda:eu-central-1:123456789012:function:g%02d", i)
		must(c.AssociateLambdaFunction(ctx, &awsconnect.AssociateLambdaFunctionInput{InstanceId: n.id, FunctionArn: &fn}))(t)
	}
	_, err = c.AssociateLambdaFunction(ctx, &awsconnect.AssociateLambdaFunctionInput{InstanceId: n.id, FunctionArn: &want[3]})
	refused(t, err, "ServiceQuotaExceededException", 402, "50")
}
