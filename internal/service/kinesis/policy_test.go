package kinesis

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/wire"
)

const (
	otherAccount = "999999999999"
	thirdAccount = "888888888888"
)

// statement makes a policy of one statement.
func statement(effect, principal, action, resource string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":%q,"Principal":%s,"Action":%s,"Resource":%q}]}`, effect, principal, action, resource)
}

func (w *world) putPolicy(resource, policy string) {
	w.t.Helper()
	w.ok("PutResourcePolicy", "%s", putPolicyBody(resource, policy))
}

func putPolicyBody(resource, policy string) string {
	text, _ := json.Marshal(map[string]string{"ResourceARN": resource, "Policy": policy})
	return string(text)
}

func denied(account, action, resource, why string) string {
	return "User: arn:aws:iam::" + account + ":root is not authorized to perform: kinesis:" + action + " on resource: " + resource + " " + why
}

func unshared(account, action, resource string) string {
	return denied(account, action, resource, "because no resource-based policy allows the kinesis:"+action+" action")
}

func TestResourcePolicyLife(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	consumer := w.register("app")
	for _, r := range []struct{ arn, action string }{{testStreamARN, "PutRecord"}, {consumer, "SubscribeToShard"}} {
		get := fmt.Sprintf(`{"ResourceARN":%q}`, r.arn)
		none := "Resource policy not found for resource ARN " + r.arn + "."
		w.refused("GetResourcePolicy", get, "ResourceNotFoundException", none)
		w.refused("DeleteResourcePolicy", get, "ResourceNotFoundException", none)
		for _, principal := range []string{`{"AWS":"999999999999"}`, `{"AWS":["arn:aws:iam::999999999999:root","*"]}`} { // the second replaces the first
			text := statement("Allow", principal, `"kinesis:`+r.action+`"`, r.arn)
			w.putPolicy(r.arn, text)
			w.reopen()
			if got := w.ok("GetResourcePolicy", "%s", get).text("Policy"); got != text {
				t.Errorf("the policy is %s, want %s", got, text)
			}
		}
		w.refused("PutResourcePolicy", putPolicyBody(r.arn, "no"), "InvalidArgumentException", "The policy is not valid: invalid character 'o' in literal null (expecting 'u').")
		w.ok("DeleteResourcePolicy", "%s", get)
		w.refused("GetResourcePolicy", get, "ResourceNotFoundException", none)
		w.putPolicy(r.arn, statement("Allow", `"*"`, `"kinesis:*"`, r.arn))
	}
	w.refused("GetResourcePolicy", `{"ResourceARN":"`+streamOf("none").String()+`"}`, "ResourceNotFoundException", "Stream none under account 123456789012 not found.")
	// It goes with what it is of.
	w.ok("DeleteStream", `{"StreamName":"s","EnforceConsumerDeletion":true}`)
	w.create("s", 1)
	w.refused("GetResourcePolicy", `{"ResourceARN":"`+testStreamARN+`"}`, "ResourceNotFoundException", "Resource policy not found for resource ARN "+testStreamARN+".")
}

func TestPolicyOfAConsumerNeedsItActive(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TransitionDelay = time.Second })
	w.create("s", 1)
	w.refused("PutResourcePolicy", putPolicyBody(testStreamARN, statement("Allow", `"*"`, `"kinesis:*"`, testStreamARN)), "ResourceInUseException",
		"Stream s under account 123456789012 not ACTIVE, instead in state CREATING")
	w.advance(time.Second)
	arn := w.register("app")
	w.refused("PutResourcePolicy", putPolicyBody(arn, statement("Allow", `"*"`, `"kinesis:*"`, arn)), "ResourceInUseException",
		fmt.Sprintf("Consumer app with creation timestamp %s under stream: s , account 123456789012 is not in ACTIVE status.", arn[strings.LastIndex(arn, ":")+1:]))
	w.advance(time.Second)
	w.putPolicy(arn, statement("Allow", `"*"`, `"kinesis:*"`, arn))
}

// TestPoliciesDecide goes through the operations that can be shared.
func TestPoliciesDecide(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	consumer := w.register("app")
	w.put("s", 1)
	owner, other, third := w.ctx, as(otherAccount, testRegion), as(thirdAccount, testRegion)
	iterator := w.iterator("s", `"ShardIteratorType":"TRIM_HORIZON"`)
	onStream := map[string]string{
		"DescribeStream":        `{"StreamARN":"` + testStreamARN + `"}`,
		"DescribeStreamSummary": `{"StreamARN":"` + testStreamARN + `"}`,
		"ListShards":            `{"StreamARN":"` + testStreamARN + `"}`,
		"GetShardIterator":      `{"StreamARN":"` + testStreamARN + `","ShardId":"0","ShardIteratorType":"LATEST"}`,
		"GetRecords":            `{"ShardIterator":"` + iterator + `"}`,
		"PutRecord":             `{"StreamARN":"` + testStreamARN + `","PartitionKey":"k","Data":""}`,
		"PutRecords":            `{"StreamARN":"` + testStreamARN + `","Records":[{"PartitionKey":"k","Data":""}]}`,
	}
	if len(onStream) != len(sharedOnStream) {
		t.Fatal("an operation that can be shared is not tried")
	}
	allowed := func(ctx context.Context, operation, body string) {
		t.Helper()
		if status, text := w.sendAs(ctx, operation, body); status != 200 {
			t.Errorf("%s as %s: %s", operation, wire.CallerFrom(ctx).Account, text)
		}
	}
	for _, action := range sharedOnStream {
		body := onStream[action]
		w.refusedAs(other, action, body, "AccessDeniedException", unshared(otherAccount, action, testStreamARN))
		w.putPolicy(testStreamARN, statement("Allow", `{"AWS":"arn:aws:iam::`+otherAccount+`:root"}`, `["kinesis:`+strings.ToLower(action)+`"]`, testStreamARN))
		allowed(other, action, body)
		allowed(owner, action, body)
		w.refusedAs(third, action, body, "AccessDeniedException", unshared(thirdAccount, action, testStreamARN))
		for _, not := range sharedOnStream {
			if not != action {
				w.refusedAs(other, not, onStream[not], "AccessDeniedException", unshared(otherAccount, not, testStreamARN))
			}
		}
		w.ok("DeleteResourcePolicy", `{"ResourceARN":%q}`, testStreamARN)
	}
	onConsumer := map[string]string{
		"DescribeStreamConsumer": `{"ConsumerARN":"` + consumer + `"}`,
		"SubscribeToShard":       `{"ConsumerARN":"` + consumer + `","ShardId":"0","StartingPosition":{"Type":"LATEST"}}`,
	}
	w.putPolicy(testStreamARN, statement("Allow", `"*"`, `"*"`, "*")) // is not about its consumers
	for _, action := range sharedOnConsumer {
		w.refusedAs(other, action, onConsumer[action], "AccessDeniedException", unshared(otherAccount, action, consumer))
	}
	w.putPolicy(consumer, statement("Allow", `{"AWS":"`+otherAccount+`"}`, `"kinesis:*"`, consumer))
	for _, action := range sharedOnConsumer {
		allowed(other, action, onConsumer[action])
		w.refusedAs(third, action, onConsumer[action], "AccessDeniedException", unshared(thirdAccount, action, consumer))
	}
	if status, text := w.sendAs(other, "DescribeStreamConsumer", `{"StreamARN":"`+testStreamARN+`","ConsumerName":"app"}`); status != 200 {
		t.Errorf("by name: %s", text)
	}

	// What cannot be shared stays the owner's, whatever a policy of everything says.
	for operation, body := range map[string]string{
		"DeleteStream":             `{"StreamARN":"` + testStreamARN + `"}`,
		"SplitShard":               `{"StreamARN":"` + testStreamARN + `","ShardToSplit":"0","NewStartingHashKey":"9"}`,
		"PutResourcePolicy":        putPolicyBody(testStreamARN, statement("Allow", `"*"`, `"*"`, "*")),
		"DeregisterStreamConsumer": `{"ConsumerARN":"` + consumer + `"}`,
		"RegisterStreamConsumer":   `{"StreamARN":"` + testStreamARN + `","ConsumerName":"b"}`,
	} {
		resource := testStreamARN
		if operation == "DeregisterStreamConsumer" {
			resource = consumer
		}
		w.refusedAs(other, operation, body, "AccessDeniedException", unshared(otherAccount, operation, resource))
	}

	// A denial goes before what is allowed, and for the owner too; who may change the policy is not for the policy to say.
	deny := `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kinesis:*","Resource":"*"},` +
		`{"Effect":"Deny","Principal":{"AWS":["` + otherAccount + `","` + testAccount + `"]},"Action":"kinesis:Put*","Resource":"` + testStreamARN + `"}]}`
	w.putPolicy(testStreamARN, deny)
	w.reopen()
	const explicit = "with an explicit deny in a resource-based policy"
	w.refused("PutRecord", onStream["PutRecord"], "AccessDeniedException", denied(testAccount, "PutRecord", testStreamARN, explicit))
	w.refusedAs(other, "PutRecord", onStream["PutRecord"], "AccessDeniedException", denied(otherAccount, "PutRecord", testStreamARN, explicit))
	if status, _ := w.sendAs(third, "PutRecord", onStream["PutRecord"]); status != 200 {
		t.Error("everybody else may put")
	}
	allowed(other, "GetRecords", onStream["GetRecords"])
	w.ok("DeleteResourcePolicy", `{"ResourceARN":%q}`, testStreamARN)
	allowed(owner, "PutRecord", onStream["PutRecord"])

	// Other accounts do not learn what there is.
	none := streamOf("none").String()
	w.refusedAs(other, "DescribeStream", `{"StreamARN":"`+none+`"}`, "AccessDeniedException", unshared(otherAccount, "DescribeStream", none))
	w.refusedAs(other, "GetShardIterator", `{"StreamARN":"`+none+`","ShardId":"0","ShardIteratorType":"LATEST"}`, "AccessDeniedException", unshared(otherAccount, "GetShardIterator", none))
}

func TestPoliciesThatAreRefused(t *testing.T) {
	w := newWorld(t)
	w.create("s", 1)
	with := func(more string) string {
		return `{"Statement":{"Effect":"Allow","Principal":"*","Action":"kinesis:PutRecord","Resource":"` + testStreamARN + `"` + more + `}}`
	}
	all := strings.Join(sharedOnStream, ", ")
	for policy, why := range map[string]string{
		``:                          "EOF",
		`[]`:                        "json: cannot unmarshal array into Go value of type kinesis.policyText",
		`{} {}`:                     "something follows the document",
		`{}`:                        "the Statement is missing",
		`{"Statement":[]}`:          "the Statement is missing",
		`{"Version":"1"}`:           `the Version "1" is not one of 2012-10-17 and 2008-10-17`,
		`{"Statements":[]}`:         `json: unknown field "Statements"`,
		with(`,"Condition":{}`):     "statement 1: Condition is not supported yet",
		with(`,"NotAction":"x"`):    "statement 1: NotAction is not supported yet",
		with(`,"NotResource":"x"`):  "statement 1: NotResource is not supported yet",
		with(`,"NotPrincipal":"*"`): "statement 1: NotPrincipal is not supported yet",
		statement("allow", `"*"`, `"kinesis:*"`, "*"):                                `statement 1: the Effect "allow" is neither Allow nor Deny`,
		statement("Allow", `"x"`, `"kinesis:*"`, "*"):                                `statement 1: the Principal is neither "*" nor a map`,
		statement("Allow", `{"AWS":[]}`, `"kinesis:*"`, "*"):                         "statement 1: the Principal is empty",
		statement("Allow", `{"Service":"lambda.amazonaws.com"}`, `"kinesis:*"`, "*"): `statement 1: the Principal of the kind "Service" is not supported yet: callers are accounts`,
		statement("Allow", `{"AWS":"arn:aws:iam::1:role/r"}`, `"kinesis:*"`, "*"):    `statement 1: the Principal "arn:aws:iam::1:role/r" is not supported yet: callers are accounts, such as 123456789012 or arn:aws:iam::123456789012:root`,
		statement("Allow", `"*"`, `"kinesis:DeleteStream"`, "*"):                     `statement 1: the Action "kinesis:DeleteStream" is none that a policy of this resource decides on: ` + all,
		statement("Allow", `"*"`, `"kinesis:SubscribeToShard"`, "*"):                 `statement 1: the Action "kinesis:SubscribeToShard" is none that a policy of this resource decides on: ` + all,
		statement("Allow", `"*"`, `"kinesis:PutRecord"`, streamOf("t").String()):     `statement 1: the Resource "` + streamOf("t").String() + `" is not ` + testStreamARN,
		statement("Allow", `"*"`, `[]`, testStreamARN):                               "statement 1: the Action or Resource is missing",
		statement("Allow", `"*"`, `"kinesis:*"`, "*") + strings.Repeat(" ", 20<<10):  fmt.Sprintf("it has %d bytes, of which 20480 are allowed", 20<<10+len(statement("Allow", `"*"`, `"kinesis:*"`, "*"))),
	} {
		if why == "EOF" {
			w.refused("PutResourcePolicy", putPolicyBody(testStreamARN, policy), "InvalidArgumentException", "The policy is not valid: EOF.")
			continue
		}
		w.refused("PutResourcePolicy", putPolicyBody(testStreamARN, policy), "InvalidArgumentException", "The policy is not valid: "+why+".")
	}
	w.putPolicy(testStreamARN, with(""))
}

func TestWildcard(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true}, {"*", "", true}, {"?", "", false}, {"a*c", "abbc", true}, {"a*c", "abbd", false}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{"*b*", "aba", true}, {"**", "x", true}, {"a*b*c", "aXbYbZc", true}, {"abc", "abcd", false}, {"abcd", "abc", false}, {"*a", "aaab", false},
	} {
		if got := wildcard(tt.pattern, tt.s); got != tt.want {
			t.Errorf("wildcard(%q, %q) = %v", tt.pattern, tt.s, got)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add(statement("Allow", `"*"`, `"kinesis:*"`, "*"))
	f.Add(`{"Statement":[{"Effect":"Deny","Principal":{"AWS":["1",null]},"Action":[""],"Resource":[]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePolicy(text, testStreamARN, sharedOnStream)
		if (p == nil) != (err != nil) {
			t.Fatalf("%v, %v", p, err)
		}
		_ = p.admit(wire.Caller{Account: otherAccount}, "PutRecord", testAccount, testStreamARN)
	})
}
