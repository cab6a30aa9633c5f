package flow

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// criteriaFlow sets routing criteria and ends; an error leads to a message.
func criteriaFlow(criteria string) string {
	return `{"Version":"2019-10-30","StartAction":"set","Actions":[
		{"Identifier":"set","Type":"UpdateContactRoutingCriteria","Parameters":{"RoutingCriteria":` + criteria + `},
		 "Transitions":{"NextAction":"end","Errors":[{"NextAction":"failed","ErrorType":"NoMatchingError"}]}},
		{"Identifier":"failed","Type":"MessageParticipant","Parameters":{"Text":"no criteria"},"Transitions":{"NextAction":"end"}},
		{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}]}`
}

const staticCriteria = `{"Steps":[
	{"Expression":{"AndExpression":[
		{"AttributeCondition":{"Name":"language","Value":"$.Attributes.wanted","ProficiencyLevel":"4.0","ComparisonOperator":"NumberGreaterOrEqualTo"}},
		{"NotAttributeCondition":{"Name":"team","Value":"night","Range":{"MinProficiencyLevel":1,"MaxProficiencyLevel":5},"ComparisonOperator":"Range"}}]},
	 "Expiry":{"DurationInSeconds":"30"}},
	{"Expression":{"OrExpression":[{"AttributeCondition":{"ComparisonOperator":"Match","MatchCriteria":{"AgentsCriteria":{"AgentIds":["ann","arn:x/agent/bob"]}}}}]}}]}`

func staticSteps() []center.RoutingStep {
	return []center.RoutingStep{
		{Duration: 30, Expression: center.AgentExpression{And: []center.AgentExpression{
			{Condition: &center.AgentCondition{Operator: center.OperatorAtLeast, Attribute: "language", Value: "French", Level: 4}},
			{Not: &center.AgentCondition{Operator: center.OperatorRange, Attribute: "team", Value: "night", Min: 1, Max: 5}},
		}}},
		{Expression: center.AgentExpression{Or: []center.AgentExpression{
			{Condition: &center.AgentCondition{Operator: center.OperatorMatch, Agents: []center.AgentID{"ann", "bob"}}},
		}}},
	}
}

func TestCriteriaOfAFlow(t *testing.T) {
	deep := "{" + strings.Repeat(`"a":[[`, 1) + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "]]}"
	many := `{"RoutingCriteria":{"Steps":[` + strings.Repeat(`1,`, 2000) + `1]}}`
	answered := `{"RoutingCriteria":` + strings.ReplaceAll(staticCriteria, "$.Attributes.wanted", "French") + `}`
	for name, c := range map[string]struct {
		criteria, answer string
		attributes       map[string]string
		want             []center.RoutingStep
	}{
		"written down":                   {criteria: staticCriteria, attributes: map[string]string{"wanted": "French"}, want: staticSteps()},
		"of a value that is not there":   {criteria: staticCriteria},
		"answered by a function":         {criteria: `"$.External.RoutingCriteria"`, answer: answered, want: staticSteps()},
		"answered as text":               {criteria: `"$.External.RoutingCriteria"`, answer: `{"RoutingCriteria":` + strconv.Quote(strings.NewReplacer("\n", "", "\t", "", "$.Attributes.wanted", "French").Replace(staticCriteria)) + `}`, want: staticSteps()},
		"in an attribute":                {criteria: `"$.Attributes.criteria"`, attributes: map[string]string{"criteria": staticCriteria, "wanted": "French"}, want: staticSteps()},
		"in an attribute that is absent": {criteria: `"$.Attributes.criteria"`},
		"answered with something else":   {criteria: `"$.External.RoutingCriteria"`, answer: `{"RoutingCriteria":{"Steps":"none"}}`},
		"answered with nothing":          {criteria: `"$.External.RoutingCriteria"`, answer: `{}`},
		"answered with depths":           {criteria: `"$.External.a"`, answer: deep},
		"answered with too much":         {criteria: `"$.External.RoutingCriteria"`, answer: many},
	} {
		t.Run(name, func(t *testing.T) {
			d := directory.New()
			d.Flows["f"] = center.Flow{ID: "f", Type: "CONTACT_FLOW", Status: directory.FlowPublished, Content: criteriaFlow(c.criteria)}
			if err := Check("CONTACT_FLOW", d.Flows["f"].Content); err != nil {
				t.Fatal(err)
			}
			contact := &lifecycle.Contact{}
			contact.Apply(monday, center.ContactInitiated{Contact: "c", Channel: center.Voice, Attributes: c.attributes})
			contact.Apply(monday, center.ContactConnectedToSystem{Contact: "c"})
			if c.answer != "" {
				values, ok := external(c.answer, true)
				if !ok {
					t.Fatal("the answer is none")
				}
				contact.Apply(monday, center.FlowNoted{Contact: "c", External: &center.FlowValues{Values: values}})
			}
			s := &stage{d: d, c: contact, at: monday}
			s.begin(center.OwnFlow, "f")
			var got []center.RoutingStep
			for _, e := range s.events {
				if set, ok := e.(center.ContactCriteriaSet); ok {
					got = set.Steps
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if failed := len(s.heard()) > 0; failed != (c.want == nil) {
				t.Errorf("the error branch was taken: %v", failed)
			}
		})
	}
}

func TestCriteriaThatAFlowCannotHave(t *testing.T) {
	change := func(old, with string) string { return strings.Replace(staticCriteria, old, with, 1) }
	for criteria, why := range map[string]string{
		`"French"`:                         "one path",
		`"$.Nothing.there"`:                "not supported",
		`{}`:                               "1 to 5 steps",
		`{"Steps":[{}]}`:                   "exactly one",
		change(`"30"`, `"0"`):              "DurationInSeconds",
		change(`"30"`, `"$.Attributes.s"`): "DurationInSeconds",
		change("NumberGreaterOrEqualTo", "Equals"):  "Equals",
		change("$.Attributes.wanted", "$.No.thing"): "$.No.thing",
		change(`"4.0"`, `"many"`):                   "not as it must be",
		change(`"4.0"`, `6`):                        "1 to 5",
		change("Expiry", "Expires"):                 "Expires",
	} {
		err := Check("CONTACT_FLOW", criteriaFlow(criteria))
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", criteria, err, why)
		}
	}
	if err := Check("CUSTOMER_HOLD", criteriaFlow(staticCriteria)); err == nil {
		t.Error("accepted in a hold flow")
	}
	if !json.Valid([]byte(staticCriteria)) {
		t.Error("the test itself")
	}
}
