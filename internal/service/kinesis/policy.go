package kinesis

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// policyBytesMax bounds the text of a resource policy, in bytes. (Our bound; the service documents none.)
const policyBytesMax = 20 << 10

// What a resource policy can share with other accounts: on a stream, and on a consumer. (From the service's
// documentation of sharing; the pattern kinesis:* stands for these too.)
var (
	sharedOnStream   = []string{"DescribeStream", "DescribeStreamSummary", "GetRecords", "GetShardIterator", "ListShards", "PutRecord", "PutRecords"}
	sharedOnConsumer = []string{"DescribeStreamConsumer", "SubscribeToShard"}
)

// policy is a resource policy that can be asked. Callers are known by their accounts only, as whom they act, so a policy
// names accounts; what else a policy could say, conditions and single users among it, parsePolicy refuses.
type policy struct {
	statements []policyStatement
}

type policyStatement struct {
	deny      bool
	accounts  []string // "*": everybody
	actions   []string // lower-case patterns
	resources []string // patterns
}

// policyText and policyStatementText are a policy as it is written.
type policyText struct {
	Version   string
	Id        string
	Statement oneOrMore[policyStatementText]
}

type policyStatementText struct {
	Sid                                             string
	Effect                                          string
	Principal                                       json.RawMessage
	Action, Resource                                oneOrMore[string]
	NotPrincipal, NotAction, NotResource, Condition json.RawMessage
}

// oneOrMore is a list that may be written as its only element.
type oneOrMore[T any] []T

func (l *oneOrMore[T]) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		var list []T
		err := strictly(b, &list)
		*l = list
		return err
	}
	var one T
	err := strictly(b, &one)
	*l = oneOrMore[T]{one}
	return err
}

// strictly decodes JSON in which nothing may be that v has no place for.
func strictly(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the document")
	}
	return nil
}

// parsePolicy reads the policy of a resource, whose actions shared lists, and refuses what would have no effect.
func parsePolicy(text, resource string, shared []string) (*policy, error) {
	if len(text) > policyBytesMax {
		return nil, fmt.Errorf("it has %d bytes, of which %d are allowed", len(text), policyBytesMax)
	}
	var doc policyText
	if err := strictly([]byte(text), &doc); err != nil {
		return nil, err
	}
	if doc.Version != "" && doc.Version != "2012-10-17" && doc.Version != "2008-10-17" {
		return nil, fmt.Errorf("the Version %q is not one of 2012-10-17 and 2008-10-17", doc.Version)
	}
	if len(doc.Statement) == 0 {
		return nil, errors.New("the Statement is missing")
	}
	p := &policy{}
	for i := range doc.Statement {
		s, err := parseStatement(&doc.Statement[i], resource, shared)
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}

func parseStatement(t *policyStatementText, resource string, shared []string) (s policyStatement, err error) {
	for _, not := range []struct {
		name string
		text json.RawMessage
	}{{"Condition", t.Condition}, {"NotPrincipal", t.NotPrincipal}, {"NotAction", t.NotAction}, {"NotResource", t.NotResource}} {
		if not.text != nil {
			return s, fmt.Errorf("%s is not supported yet", not.name)
		}
	}
	switch t.Effect {
	case "Allow":
	case "Deny":
		s.deny = true
	default:
		return s, fmt.Errorf("the Effect %q is neither Allow nor Deny", t.Effect)
	}
	if s.accounts, err = parsePrincipal(t.Principal); err != nil {
		return s, err
	}
	for _, action := range t.Action {
		a := strings.ToLower(action)
		matches := func(name string) bool { return wildcard(a, actionName(name)) }
		if !slices.ContainsFunc(shared, matches) {
			return s, fmt.Errorf("the Action %q is none that a policy of this resource decides on: %s", action, strings.Join(shared, ", "))
		}
		s.actions = append(s.actions, a)
	}
	for _, r := range t.Resource {
		if !wildcard(r, resource) {
			return s, fmt.Errorf("the Resource %q is not %s", r, resource)
		}
		s.resources = append(s.resources, r)
	}
	if len(s.actions) == 0 || len(s.resources) == 0 {
		return s, errors.New("the Action or Resource is missing")
	}
	return s, nil
}

// actionName is an operation's name as policies are matched against it.
func actionName(operation string) string { return "kinesis:" + strings.ToLower(operation) }

// parsePrincipal reads which accounts a statement is about.
func parsePrincipal(raw json.RawMessage) (accounts []string, err error) {
	var all string
	if json.Unmarshal(raw, &all) == nil && all == "*" {
		return []string{"*"}, nil
	}
	var by map[string]oneOrMore[string]
	if err := strictly(raw, &by); err != nil || len(by) == 0 {
		return nil, errors.New(`the Principal is neither "*" nor a map`)
	}
	for kind := range by {
		if kind != "AWS" {
			return nil, fmt.Errorf("the Principal of the kind %q is not supported yet: callers are accounts", kind)
		}
	}
	for _, who := range by["AWS"] {
		account := who
		if a, err := arn.Parse(who); err == nil && a.Service == "iam" && a.Resource == "root" {
			account = a.Account
		}
		if account != "*" && !isAccount(account) {
			return nil, fmt.Errorf("the Principal %q is not supported yet: callers are accounts, such as 123456789012 or arn:aws:iam::123456789012:root", who)
		}
		accounts = append(accounts, account)
	}
	if len(accounts) == 0 {
		return nil, errors.New("the Principal is empty")
	}
	return accounts, nil
}

func isAccount(s string) bool {
	return len(s) == 12 && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// admit decides whether a caller may do something to a resource of an account: its owner may unless the policy denies it,
// another account only when the policy allows it. nil is no policy.
func (p *policy) admit(c wire.Caller, action, owner, resource string) error {
	own := c.Account == owner
	if p == nil {
		if own {
			return nil
		}
		return accessDenied(c, action, resource)
	}
	allowed := own
	name := actionName(action)
	for i := range p.statements {
		s := &p.statements[i]
		if !slices.Contains(s.accounts, "*") && !slices.Contains(s.accounts, c.Account) ||
			!slices.ContainsFunc(s.actions, func(a string) bool { return wildcard(a, name) }) ||
			!slices.ContainsFunc(s.resources, func(r string) bool { return wildcard(r, resource) }) {
			continue
		}
		if s.deny {
			return explicitlyDenied(c, action, resource)
		}
		allowed = true
	}
	if !allowed {
		return accessDenied(c, action, resource)
	}
	return nil
}

// admit decides on a request to the stream by its policy. Only what can be shared is asked of the policy: all else is the
// owner's alone.
func (st *streamState) admit(c wire.Caller, action string) error {
	if st.policy != nil && slices.Contains(sharedOnStream, action) {
		return st.policy.admit(c, action, st.Account, st.arn)
	}
	return (*policy)(nil).admit(c, action, st.Account, st.arn)
}

// admitToConsumer decides on a request to a consumer by its own policy.
func (st *streamState) admitToConsumer(c wire.Caller, action string, doc *consumerDoc) error {
	resource := doc.arn(st.arn)
	if doc.Policy == "" || !slices.Contains(sharedOnConsumer, action) {
		return (*policy)(nil).admit(c, action, st.Account, resource)
	}
	p, err := parsePolicy(doc.Policy, resource, sharedOnConsumer)
	if err != nil {
		return fmt.Errorf("stored policy of %s: %w", resource, err)
	}
	return p.admit(c, action, st.Account, resource)
}

// wildcard says whether s is what a pattern stands for, in which * is any characters and ? is one.
func wildcard(pattern, s string) bool {
	p, i, star, retry := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			retry++
			p, i = star+1, retry
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
