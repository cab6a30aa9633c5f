package connect

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

func TestPhoneNumbers(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	other := w.tenant(t, "other", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	in := &awsconnect.ClaimPhoneNumberInput{
		TargetArn: &n.arn, PhoneNumber: aws.String("+12065550100"), PhoneNumberDescription: aws.String("front desk"), Tags: map[string]string{"a": "b"}, ClientToken: aws.String("token"),
	}
	made := must(c.ClaimPhoneNumber(ctx, in))(t)
	w.restart() // the token is in the journal
	c = w.client
	same(t, must(c.ClaimPhoneNumber(ctx, in))(t), made)
	in.PhoneNumber = aws.String("+12065550101")
	_, err := c.ClaimPhoneNumber(ctx, in)
	refused(t, err, "IdempotencyException", 409, "ClientToken")

	want := &types.ClaimedPhoneNumberSummary{
		PhoneNumberId: made.PhoneNumberId, PhoneNumberArn: aws.String("arn:aws:connect:eu-central-1:123456789012:phone-number/" + *made.PhoneNumberId), PhoneNumber: aws.String("+12065550100"),
		PhoneNumberCountryCode: types.PhoneNumberCountryCodeUs, PhoneNumberType: types.PhoneNumberTypeDid, PhoneNumberDescription: aws.String("front desk"),
		TargetArn: &n.arn, InstanceId: n.id, Tags: map[string]string{"a": "b"}, PhoneNumberStatus: &types.PhoneNumberStatus{Status: types.PhoneNumberWorkflowStatusClaimed},
	}
	describe := func(id *string) *types.ClaimedPhoneNumberSummary {
		return must(c.DescribePhoneNumber(ctx, &awsconnect.DescribePhoneNumberInput{PhoneNumberId: id}))(t).ClaimedPhoneNumberSummary
	}
	twice(t, want, func() *types.ClaimedPhoneNumberSummary { return describe(made.PhoneNumberId) })
	same(t, describe(made.PhoneNumberArn), want)
	_, err = w.clientOf("999999999999", testRegion).DescribePhoneNumber(ctx, &awsconnect.DescribePhoneNumberInput{PhoneNumberId: made.PhoneNumberId})
	refused(t, err, "ResourceNotFoundException", 404, "")
	_, err = c.DescribePhoneNumber(ctx, &awsconnect.DescribePhoneNumberInput{PhoneNumberId: aws.String(n.arn + "/phone-number/" + *made.PhoneNumberId)})
	refused(t, err, "ResourceNotFoundException", 404, "")

	must(c.AssociatePhoneNumberContactFlow(ctx, &awsconnect.AssociatePhoneNumberContactFlowInput{InstanceId: n.id, PhoneNumberId: made.PhoneNumberArn, ContactFlowId: n.flow}))(t)
	must(c.DisassociatePhoneNumberContactFlow(ctx, &awsconnect.DisassociatePhoneNumberContactFlowInput{InstanceId: n.id, PhoneNumberId: made.PhoneNumberId}))(t)
	_, err = c.AssociatePhoneNumberContactFlow(ctx, &awsconnect.AssociatePhoneNumberContactFlowInput{InstanceId: other.id, PhoneNumberId: made.PhoneNumberId, ContactFlowId: other.flow})
	refused(t, err, "ResourceNotFoundException", 404, "phone-number")

	free := must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: other.id, PhoneNumber: aws.String("+18335550100")}))(t)
	must(c.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: other.id, PhoneNumber: aws.String("+4920555123")}))(t)
	list := func(in awsconnect.ListPhoneNumbersV2Input) (out []string) {
		for _, s := range must(c.ListPhoneNumbersV2(ctx, &in))(t).ListPhoneNumbersSummaryList {
			out = append(out, *s.PhoneNumber)
		}
		return out
	}
	for name, x := range map[string]struct {
		in   awsconnect.ListPhoneNumbersV2Input
		want int
	}{
		"all of the account":  {awsconnect.ListPhoneNumbersV2Input{}, 3},
		"of one instance":     {awsconnect.ListPhoneNumbersV2Input{TargetArn: &other.arn}, 2},
		"of one, by its id":   {awsconnect.ListPhoneNumbersV2Input{InstanceId: n.id}, 1},
		"of a country":        {awsconnect.ListPhoneNumbersV2Input{PhoneNumberCountryCodes: []types.PhoneNumberCountryCode{"DE"}}, 1},
		"of a type":           {awsconnect.ListPhoneNumbersV2Input{PhoneNumberTypes: []types.PhoneNumberType{"TOLL_FREE"}}, 1},
		"with a prefix":       {awsconnect.ListPhoneNumbersV2Input{PhoneNumberPrefix: aws.String("+1")}, 2},
		"with another prefix": {awsconnect.ListPhoneNumbersV2Input{PhoneNumberPrefix: aws.String("+44")}, 0},
	} {
		if got := list(x.in); len(got) != x.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := must(w.clientOf(testAccount, "us-west-2").ListPhoneNumbersV2(ctx, nil))(t).ListPhoneNumbersSummaryList; len(got) != 0 {
		t.Errorf("another Region lists %v", shown(t, got))
	}
	old := must(c.ListPhoneNumbers(ctx, &awsconnect.ListPhoneNumbersInput{InstanceId: n.id}))(t).PhoneNumberSummaryList
	same(t, old, []types.PhoneNumberSummary{{
		Id: made.PhoneNumberId, Arn: aws.String(n.arn + "/phone-number/" + *made.PhoneNumberId), PhoneNumber: aws.String("+12065550100"),
		PhoneNumberType: types.PhoneNumberTypeDid, PhoneNumberCountryCode: types.PhoneNumberCountryCodeUs,
	}})

	release := &awsconnect.ReleasePhoneNumberInput{PhoneNumberId: free.PhoneNumberId, ClientToken: aws.String("release")}
	must(c.ReleasePhoneNumber(ctx, release))(t)
	must(c.ReleasePhoneNumber(ctx, release))(t) // the same request again
	_, err = c.ReleasePhoneNumber(ctx, &awsconnect.ReleasePhoneNumberInput{PhoneNumberId: made.PhoneNumberId, ClientToken: aws.String("release")})
	refused(t, err, "IdempotencyException", 409, "ClientToken")
	_, err = c.ReleasePhoneNumber(ctx, &awsconnect.ReleasePhoneNumberInput{PhoneNumberId: free.PhoneNumberId})
	refused(t, err, "ResourceNotFoundException", 404, "phone-number")
}

func TestSearchAvailablePhoneNumbers(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	theirs := w.clientOf("999999999999", "us-west-2")
	ctx := t.Context()
	in := &awsconnect.SearchAvailablePhoneNumbersInput{TargetArn: &n.arn, PhoneNumberCountryCode: types.PhoneNumberCountryCodeUs, PhoneNumberType: types.PhoneNumberTypeTollFree}
	page := must(n.client.SearchAvailablePhoneNumbers(ctx, in))(t)
	if len(page.AvailableNumbersList) != 10 || page.NextToken == nil {
		t.Fatalf("got %s", shown(t, page))
	}
	first := page.AvailableNumbersList[0].PhoneNumber
	abroad := must(theirs.CreateInstance(ctx, instance("theirs", "")))(t)
	must(theirs.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: abroad.Id, PhoneNumber: first}))(t)
	_, err := n.client.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: first})
	refused(t, err, "InvalidParameterException", 400, "Phone number not available: "+*first)
	seen := map[string]bool{}
	for pages := awsconnect.NewSearchAvailablePhoneNumbersPaginator(n.client, in); pages.HasMorePages(); {
		for _, a := range must(pages.NextPage(ctx))(t).AvailableNumbersList {
			seen[*a.PhoneNumber] = true
		}
	}
	if seen[*first] || len(seen) != 699 {
		t.Errorf("%d are offered; the one that is claimed: %v", len(seen), seen[*first])
	}
	in.PhoneNumberPrefix = aws.String("+1844")
	for _, a := range must(n.client.SearchAvailablePhoneNumbers(ctx, in))(t).AvailableNumbersList {
		if !strings.HasPrefix(*a.PhoneNumber, "+1844") {
			t.Errorf("%s does not begin with the prefix", *a.PhoneNumber)
		}
		must(n.client.ClaimPhoneNumber(ctx, &awsconnect.ClaimPhoneNumberInput{InstanceId: n.id, PhoneNumber: a.PhoneNumber}))(t)
	}
}

// TestOneNumberForTwoInstances: of many who claim a number at the same moment, one has it.
func TestOneNumberForTwoInstances(t *testing.T) {
	w := newWorld(t)
	tenants := []*tenant{w.tenant(t, "one", types.DirectoryTypeConnectManaged), w.tenant(t, "two", types.DirectoryTypeConnectManaged)}
	for round := range 20 {
		number := fmt.Sprintf("+120655501%02d", round)
		won := make([]bool, 4)
		var group sync.WaitGroup
		for i := range won {
			group.Go(func() {
				_, err := w.client.ClaimPhoneNumber(t.Context(), &awsconnect.ClaimPhoneNumberInput{InstanceId: tenants[i%2].id, PhoneNumber: &number})
				if won[i] = err == nil; err != nil {
					refused(t, err, "InvalidParameterException", 400, "not available")
				}
			})
		}
		group.Wait()
		winners := 0
		for _, ok := range won {
			if ok {
				winners++
			}
		}
		if winners != 1 {
			t.Fatalf("%d have the number %s", winners, number)
		}
	}
}

func TestClassify(t *testing.T) {
	for number, want := range map[string]string{
		"+12065550100": "US DID true", "+18005550100": "US TOLL_FREE true", "+1206555010": "  false", "+4920555123": "DE DID true", "+4980055501": "DE TOLL_FREE true",
		"+35820555": "FI DID true", "+79991234567": "  false", "+": "  false", "": "  false", "+1": "  false", "+6": "  false",
	} {
		country, kind, ok := classify(number)
		if got := fmt.Sprint(country, " ", kind, " ", ok); got != want {
			t.Errorf("classify(%q) is %s, want %s", number, got, want)
		}
	}
}
