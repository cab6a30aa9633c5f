package document

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hookswitch/hookswitch/internal/center"
)

// TestCriteriaOfContactEvents holds criteria against the object in the contact event that AWS documents for a step that
// expires, with its values.
func TestCriteriaOfContactEvents(t *testing.T) {
	active := time.Date(2023, 11, 1, 18, 34, 4, 275_000_000, time.UTC)
	step := func(name, value string, level float64, seconds int, expires time.Time, status string) center.RoutingStep {
		return center.RoutingStep{Duration: seconds, ExpiresAt: expires, Status: status, Expression: center.AgentExpression{Condition: &center.AgentCondition{
			Operator: center.OperatorAtLeast, Attribute: name, Value: value, Level: level}}}
	}
	r := center.RoutingCriteria{Index: 1, ActivatedAt: active, Steps: []center.RoutingStep{
		step("Location", "AZ", 3, 50, active.Add(50*time.Second), center.StepExpired),
		step("Language", "Spanish", 4, 10, time.Time{}, center.StepActive),
		step("Language", "Spanish", 1.5, 0, time.Time{}, center.StepInactive),
	}}
	for want, w := range map[string]Criteria{
		`{"activationTimestamp":"2023-11-01T18:34:04.275Z","index":1,"steps":[
			{"expiry":{"durationInSeconds":50,"expiryTimestamp":"2023-11-01T18:34:54.275Z"},"status":"EXPIRED",
			 "expression":{"attributeCondition":{"name":"Location","value":"AZ","proficiencyLevel":3.0,"comparisonOperator":"NumberGreaterOrEqualTo"}}},
			{"expiry":{"durationInSeconds":10},"status":"ACTIVE",
			 "expression":{"attributeCondition":{"name":"Language","value":"Spanish","proficiencyLevel":4.0,"comparisonOperator":"NumberGreaterOrEqualTo"}}},
			{"status":"INACTIVE",
			 "expression":{"attributeCondition":{"name":"Language","value":"Spanish","proficiencyLevel":1.5,"comparisonOperator":"NumberGreaterOrEqualTo"}}}]}`: {Camel: true, Time: AppendMillis},
		`{"ActivationTimestamp":"2023-11-01T18:34:04Z","Index":1,"Steps":[
			{"Expiry":{"DurationInSeconds":50,"ExpiryTimestamp":"2023-11-01T18:34:54Z"},"Status":"EXPIRED",
			 "Expression":{"AttributeCondition":{"Name":"Location","Value":"AZ","ProficiencyLevel":3.0,"ComparisonOperator":"NumberGreaterOrEqualTo"}}},
			{"Expiry":{"DurationInSeconds":10,"ExpiryTimestamp":null},"Status":"ACTIVE",
			 "Expression":{"AttributeCondition":{"Name":"Language","Value":"Spanish","ProficiencyLevel":4.0,"ComparisonOperator":"NumberGreaterOrEqualTo"}}},
			{"Expiry":null,"Status":"INACTIVE",
			 "Expression":{"AttributeCondition":{"Name":"Language","Value":"Spanish","ProficiencyLevel":1.5,"ComparisonOperator":"NumberGreaterOrEqualTo"}}}]}`: {Time: AppendSeconds},
	} {
		var is, should any
		got := w.Append(nil, r)
		if err := json.Unmarshal(got, &is); err != nil {
			t.Fatalf("%v: %s", err, got)
		}
		if err := json.Unmarshal([]byte(want), &should); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(should, is); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
