package pattern

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCompileErrors(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{`[1]`, `Filter is not an object at 1:2`},
		{`{}`, `Empty objects are not allowed at 1:3`},
		{`{"a": []}`, `Empty arrays are not allowed at 1:9`},
		{`{"a": 5}`, `"a" must be an object or an array at 1:8`},
		{`{"a": "five"}`, `"a" must be an object or an array at 1:8`},
		{"{\n \"é😀\": [ {\"prefix\": 3} ] }", `prefix match pattern must be a string at 2:23`},
		{`{"a": [{"suffix": {"prefix": "x"}}]}`, `Unsupported suffix pattern: prefix at 1:31`},
		{`{"a": [{"exists": "yes"}]}`, `exists match pattern must be either true or false. at 1:20`},
		{`{"a": [{"like": "yes"}]}`, `Unrecognized match type like at 1:18`},
		{`{"a": [{"prefix": "x", "suffix": "y"}]}`, `Only one key allowed in match expression at 1:35`},
		{`{"a": [{"numeric": 5}]}`, `Value of numeric must be an array. at 1:21`},
		{`{"a": [{"numeric": [">", 5, "<", 5]}]}`, `Bottom must be less than top at 1:36`},
		{`{"a": [{"numeric": [">", 5, ">", 6]}]}`, `Bad numeric range operator: > at 1:32`},
		{`{"a": [{"numeric": ["<", 1e999]}]}`, `Cannot compare number : 1e999 at 1:32`},
		{`{"a": [{"cidr": "10.0.0.0"}]}`, `Malformed CIDR, one '/' required`},
		{`{"a": [{"cidr": "10.0.0.0/x"}]}`, `Malformed CIDR, mask bits must be an integer`},
		{`{"a": [{"cidr": "10.0.0/8"}]}`, `Nonstandard IP address: 10.0.0`},
		{`{"a": [{"wildcard": "a**b"}]}`, `Consecutive wildcard characters at pos 2 at 1:27`},
		{`{"a": [{"wildcard": "a\\b"}]}`, `Invalid escape character at pos 1 at 1:27`},
		{`{"a": [{"anything-but": [1, "a"]}]}`, `Inside anything but list, either all values are number or string, mixed type is not supported at 1:33`},
		{`{"a": [{"anything-but": true}]}`, `Value of anything-but must be an array or single string/number value. at 1:29`},
		{`{"a": [{"anything-but": {"prefix": ""}}]}`, `Null prefix/suffix not allowed at 1:38`},
		{`{"a": [{"anything-but": {"cidr": ""}}]}`, `Unsupported anything-but pattern: cidr at 1:35`},
		{`{"a": ["x"`, `Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"{"a": ["x""; line: 1, column: 7]) at 1:11`},
		{`{"a": ["x"}`, `Unexpected close marker '}': expected ']' (for Array starting at [Source: (String)"{"a": ["x"}"; line: 1, column: 7]) at 1:12`},
	} {
		_, err := Compile(c.pattern)
		e, ok := Invalid(err)
		if !ok {
			t.Errorf("%s: got %v", c.pattern, err)
			continue
		}
		got := e.Reason
		if e.Source != "" {
			got += fmt.Sprintf(" at %d:%d", e.Line, e.Column)
		}
		if got != c.want {
			t.Errorf("%s:\n got  %s\n want %s", c.pattern, got, c.want)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, event string
		want           bool
	}{
		{`{"detail":{"state.status":["running"]}}`, `{"detail":{"state":{"status":"running"}}}`, true},
		{`{"detail":{"state":{"status":["running"]}}}`, `{"detail":{"state.status":"running"}}`, true},
		{`{"a":[300]}`, `{"a":3.0e2}`, true},
		{`{"a":[9007199254740993]}`, `{"a":9007199254740992}`, false},
		{`{"a":[9007199254740993]}`, `{"a":9007199254740993}`, true},
		{`{"a":["300"]}`, `{"a":300}`, false},
		{`{"a":[null]}`, `{}`, false},
		{`{"a":["é"]}`, `{"a":"\u00e9"}`, true},
		{`{"a":["😀"]}`, `{"a":"\ud83d\ude00"}`, true},
		{`{"\u0061":["x"]}`, `{"\u0061":"x"}`, true},
		{`{"a":[{"equals-ignore-case":"ÉTÉ"}]}`, `{"a":"été"}`, true},
		{`{"a":[{"exists":true}]}`, `{"a":[]}`, false},
		{`{"a":[{"exists":true}]}`, `{"a":{"b":1}}`, false},
		{`{"a":[{"exists":false}]}`, `{"a":{"b":1}}`, true},
		{`{"a":[{"anything-but":"x"}]}`, `{"a":null}`, true},
		{`{"a":[{"anything-but":"x"}]}`, `{}`, false},
		{`{"a":[{"cidr":"2001:db8::/32"}]}`, `{"a":"2001:db8:1::1"}`, true},
		{`{"a":[{"cidr":"10.0.0.0/8"}]}`, `{"a":"2001:db8:1::1"}`, false},
		{`{"a":{"x":[1],"y":[2]}}`, `{"a":[{"x":1,"y":9},{"x":9,"y":2}]}`, false},
		{`{"a":{"x":[1],"y":[2]}}`, `{"a":[{"x":1,"y":9},{"x":1,"y":2}]}`, true},
		{`{"e":{"name":["Anna"],"ids":[{"exists":false}]}}`, `{"e":[{"name":"Bo","ids":[1]},{"name":"Anna"}]}`, true},
		{`{"e":{"name":["Anna"],"ids":[{"exists":false}]}}`, `{"e":[{"name":"Bo"},{"name":"Anna","ids":[1]}]}`, false},
		{`{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}`, `{"b":2,"c":3}`, true},
		{`{"$or":[{"a":[1]},{"b":[2]}],"c":[3]}`, `{"b":2,"c":4}`, false},
		{`{"$or":{"a":[1]}}`, `{"$or":{"a":1}}`, true},
		{`{"a":["x"],"a":["y"]}`, `{"a":"x"}`, false},
		{`{"a":[{"wildcard":"*/x/*"}]}`, `{"a":"/q/x/"}`, true},
	} {
		p, err := Compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got, err := p.Match([]byte(c.event)); err != nil || got != c.want {
			t.Errorf("%s on %s: got %v, %v", c.pattern, c.event, got, err)
		}
	}
}

func TestBrokenEventsAreRefused(t *testing.T) {
	p, err := Compile(`{"a":{"b":[1]}}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{``, `[]`, `"x"`, `{`, `{"a"`, `{"a":}`, `{"a":{"b":1}`, `{"a":{"b":1]}`, `{"a":[1 2]}`, `{"a":"x}`, `{"x":[}`, `{} {}`,
		`{"a":{"b":"\x"}}`, `{"a":` + strings.Repeat("[", eventDepthMax) + "1" + strings.Repeat("]", eventDepthMax) + "}"} {
		if _, err := p.Match([]byte(event)); !errors.Is(err, ErrEvent) {
			t.Errorf("%.40q: got %v", event, err)
		}
	}
	if _, err := Compile(strings.Repeat(`{"a":`, depthMax+1) + "[1]" + strings.Repeat("}", depthMax+1)); err == nil {
		t.Error("a pattern that nests too deep is taken")
	}
}

func TestBoundsOfPatterns(t *testing.T) {
	or := func(n int) string {
		var alts []string
		for i := range n {
			alts = append(alts, fmt.Sprintf(`{"f%d":[1]}`, i))
		}
		return `"$or":[` + strings.Join(alts, ",") + `]`
	}
	if _, err := Compile(`{` + or(branchesMax) + `}`); err != nil {
		t.Errorf("%d branches: %v", branchesMax, err)
	}
	if _, err := Compile(`{` + or(branchesMax+1) + `}`); err == nil {
		t.Error("too many branches are taken")
	}
	fields := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"f%d":[1]`, i))
		}
		return `{` + strings.Join(all, ",") + `}`
	}
	if _, err := Compile(fields(fieldsMax)); err != nil {
		t.Errorf("%d fields: %v", fieldsMax, err)
	}
	if _, err := Compile(fields(fieldsMax + 1)); err == nil {
		t.Error("too many fields are taken")
	}
	for pattern, want := range map[string]bool{`*:*:*:*:event-bus/*`: false, `*:*:*:*:*:event-bus/*`: true} {
		p, err := Compile(`{"a":[{"wildcard":"` + pattern + `"}]}`)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.TooComplex() != nil; got != want {
			t.Errorf("%s: too complex is %v", pattern, got)
		}
	}
}

func TestBoundsOfEvents(t *testing.T) {
	p, err := Compile(`{"a":[2]}`)
	if err != nil {
		t.Fatal(err)
	}
	set := NewSet([]*Pattern{p})
	event := func(leaves int) []byte { return []byte(`{"a":[` + strings.Repeat("1,", leaves-1) + `2]}`) }
	if got, err := set.Match(nil, event(eventLeavesMax)); err != nil || len(got) != 1 {
		t.Errorf("%d values: %v, %v", eventLeavesMax, got, err)
	}
	if _, err := set.Match(nil, event(eventLeavesMax+1)); !errors.Is(err, ErrEvent) {
		t.Errorf("%d values: %v", eventLeavesMax+1, err)
	}
}

// What none covers is kept up to choicesMax, so that elements which each have something of their own cost no more.
func TestBoundOfChoices(t *testing.T) {
	var kept []choice
	for i := range 4 * choicesMax {
		var c choice
		for bit := range 14 { // each has one of every pair: no two cover one another
			c.met.set(2*bit + i>>bit&1)
		}
		kept = keep(kept, c)
	}
	if len(kept) != choicesMax {
		t.Errorf("%d choices are kept, not %d", len(kept), choicesMax)
	}
}

// contactEvent is of the size and shape of a contact center's.
const contactEvent = `{"version":"0","id":"6e2a1b6f-7f39-4d1e-9f0a-0f6f0d1f3a11","detail-type":"Amazon Connect Contact Event","source":"aws.connect","account":"111122223333",` +
	`"time":"2026-05-04T17:43:48Z","region":"us-east-1","resources":["arn:aws:connect:us-east-1:111122223333:instance/5f2a","arn:aws:connect:us-east-1:111122223333:instance/5f2a/contact/77"],` +
	`"detail":{"eventType":"CONNECTED_TO_AGENT","contactId":"7a9cf8b4-1111-4222-8333-444455556666","initialContactId":"7a9cf8b4-1111-4222-8333-444455556666","channel":"VOICE",` +
	`"instanceArn":"arn:aws:connect:us-east-1:111122223333:instance/5f2a","initiationMethod":"INBOUND","initiationTimestamp":"2026-05-04T17:43:30.102Z","connectedToSystemTimestamp":"2026-05-04T17:43:30.102Z",` +
	`"queueInfo":{"queueArn":"arn:aws:connect:us-east-1:111122223333:instance/5f2a/queue/0b1c","queueType":"type","enqueueTimestamp":"2026-05-04T17:43:31.400Z"},` +
	`"agentInfo":{"agentArn":"arn:aws:connect:us-east-1:111122223333:instance/5f2a/agent/9d","connectedToAgentTimestamp":"2026-05-04T17:43:47.900Z","hierarchyGroups":{"level1":{"arn":"arn:aws:connect:us-east-1:1:g/1"}}},` +
	`"attributes":{"tier":"gold","score":417,"ip":"10.1.2.3"},"segmentAttributes":{"connect:Subtype":{"valueString":"connect:Telephony"}},"tags":{"aws:connect:instanceId":"5f2a"}}}`

// mixedRules are n rules in which every operator occurs; about one in a thousand matches contactEvent.
func mixedRules(tb testing.TB, n int) []*Pattern {
	tb.Helper()
	shapes := []func(i int) string{
		func(i int) string { return fmt.Sprintf(`"contactId":["id-%d"]`, i) },
		func(i int) string { return fmt.Sprintf(`"contactId":[{"prefix":"id-%d"}]`, i) },
		func(i int) string { return fmt.Sprintf(`"instanceArn":[{"suffix":"instance/%d"}]`, i) },
		func(i int) string {
			return fmt.Sprintf(`"attributes":{"tier":[{"equals-ignore-case":"GOLD%d"}],"score":[{"exists":true}]}`, i)
		},
		func(i int) string { return fmt.Sprintf(`"instanceArn":[{"wildcard":"arn:%d:*:instance/*"}]`, i) },
		func(i int) string {
			return fmt.Sprintf(`"channel":[{"anything-but":["CHAT","TASK"]}],"attributes":{"plan":["p%d"]}`, i)
		},
		func(i int) string {
			return fmt.Sprintf(`"attributes":{"score":[{"numeric":[">=",%d,"<",%d]}]}`, 1000+i, 1001+i)
		},
		func(i int) string {
			return fmt.Sprintf(`"attributes":{"ip":[{"cidr":"10.%d.%d.0/24"}]}`, 2+i%250, i/250%250)
		},
		func(i int) string {
			return fmt.Sprintf(`"$or":[{"contactId":["or-%d"]},{"queueInfo":{"queueArn":[{"suffix":"queue/%d"}]}}]`, i, i)
		},
		func(i int) string {
			return fmt.Sprintf(`"disconnectReason":[{"exists":false}],"initialContactId":["first-%d"]`, i)
		},
	}
	all := make([]*Pattern, n)
	for i := range all {
		text := `{"source":["aws.connect"],"detail":{` + shapes[i%len(shapes)](i) + `}}`
		if i%1000 == 999 {
			text = `{"source":["aws.connect"],"detail":{"eventType":["CONNECTED_TO_AGENT","COMPLETED"]}}`
		}
		p, err := Compile(text)
		if err != nil {
			tb.Fatalf("%s: %v", text, err)
		}
		all[i] = p
	}
	return all
}

func TestMatchAllocatesNothing(t *testing.T) {
	set, st := NewSet(mixedRules(t, 1000)), &state{} // a pool may forget its states, and does under the race detector
	event, got := []byte(contactEvent), make([]int, 0, 16)
	if n := testing.AllocsPerRun(100, func() { got, _ = set.match(st, got[:0], event) }); n > 0 {
		t.Errorf("%v allocations a match", n)
	}
	if !slices.Equal(got, []int{999}) {
		t.Errorf("matched %v", got)
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{1, 100, 10000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			set := NewSet(mixedRules(b, n))
			event, got := []byte(contactEvent), make([]int, 0, 64)
			b.SetBytes(int64(len(event)))
			for b.Loop() {
				got, _ = set.Match(got[:0], event)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// The time of an event is linear in its size, whatever its arrays are like.
func BenchmarkArrays(b *testing.B) {
	p, err := Compile(`{"a":{"x":[1],"y":[2],"z":[{"exists":false}]}}`)
	if err != nil {
		b.Fatal(err)
	}
	set := NewSet([]*Pattern{p})
	for _, n := range []int{500, 5000, 50000} {
		b.Run(fmt.Sprintf("elements=%d", n), func(b *testing.B) {
			var all []string
			for i := range n {
				all = append(all, []string{`{"x":1,"z":3}`, `{"y":2}`, `{"x":1}`}[i%3])
			}
			event := []byte(`{"a":[` + strings.Join(all, ",") + `]}`)
			b.SetBytes(int64(len(event)))
			for b.Loop() {
				if _, err := set.Match(nil, event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
