package flow

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// on returns a stage with the flow "f" of a content and what else stands in it.
func on(t testing.TB, content string, more ...center.Event) *stage {
	t.Helper()
	d := world(t, content)
	for _, e := range more {
		d.Apply(monday, e)
	}
	for _, f := range append(directory.Sorted(d.Flows), directory.Sorted(d.Modules)...) {
		if err := Check(f.Type, f.Content); err != nil {
			t.Fatal(err)
		}
	}
	c := call()
	c.Apply(monday, center.ContactConnectedToSystem{Contact: "c"})
	return &stage{d: d, c: c, at: monday, metric: map[string]int{}, old: map[string]string{}}
}

func flowSaved(id center.FlowID, typ, content string) center.Event {
	return center.FlowSaved{Flow: center.Flow{ID: id, Type: typ, Status: "PUBLISHED", Content: content}}
}

const onErrorZ = `{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"NoMatchingError"}]}`

func TestPromptsTakeAsLongAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		parameters string
		channel    center.Channel
		heard      string
		takes      time.Duration
	}{
		{`{"Text":"Hello"}`, center.Voice, "Hello", 5 * speechPerCharacter},
		{`{"Text":"Hello"}`, center.Chat, "Hello", 0},
		{`{"Text":"$.Attributes.tier, $.Name! It is $5. $.Attributes.none."}`, center.Voice, "gold, n! It is $5. .", 20 * speechPerCharacter},
		{`{"SSML":"<speak>One <break time=\"1s\"/>two</speak>"}`, center.Voice, "One two", 7 * speechPerCharacter},
		{`{"Text":"$.Attributes.empty"}`, center.Voice, "", 0},
	} {
		s := on(t, document(action("a", "MessageParticipant", c.parameters, onErrorZ), hangUp))
		s.c.Channel = c.channel
		out := s.begin(center.OwnFlow, "f")
		if c.takes == 0 {
			if out.End != Disconnects {
				t.Errorf("%s: %v, want no wait", c.parameters, out)
			}
		} else if p := s.c.Position; out.End != Waits || p == nil || p.Wait != center.WaitsForPrompt || p.Until.Sub(monday) != c.takes {
			t.Errorf("%s: %v at %+v, want to wait %v", c.parameters, out, p, c.takes)
		} else if out = s.elapse(); out.End != Disconnects {
			t.Errorf("%s: then %v", c.parameters, out)
		}
		if got := strings.Join(s.heard(), "|"); got != c.heard {
			t.Errorf("%s: heard %q, want %q", c.parameters, got, c.heard)
		}
	}
}

func TestAMessageThatIsTooLongIsAnError(t *testing.T) {
	for n, want := range map[int]End{speechMax: Waits, speechMax + 1: Disconnects} {
		s := on(t, document(action("a", "MessageParticipant", `{"Text":"`+strings.Repeat("ü", n)+`"}`, onErrorZ), hangUp))
		if out := s.begin(center.OwnFlow, "f"); out.End != want {
			t.Errorf("%d characters: %v", n, out)
		}
	}
}

// input is a block "a" that stores an input, and then the note of it.
func input(validation, keypad string) string {
	if keypad != "" {
		keypad = `,"DTMFConfiguration":` + keypad
	}
	return document(action("a", "GetParticipantInput", `{"InputTimeLimitSeconds":"5","StoreInput":"True","InputValidation":`+validation+keypad+`}`,
		`{"NextAction":"n","Errors":[{"NextAction":"bad","ErrorType":"InvalidPhoneNumber"},{"NextAction":"z","ErrorType":"NoMatchingError"}]}`),
		set("n", "in", "$.StoredCustomerInput", "z"), set("bad", "in", "invalid", "z"), hangUp)
}

func TestInputsThatAreStored(t *testing.T) {
	const any, e164, local = `{"CustomValidation":{"MaximumLength":"6"}}`, `{"PhoneNumberValidation":{"NumberFormat":"E164"}}`,
		`{"PhoneNumberValidation":{"NumberFormat":"Local","CountryCode":"+1"}}`
	for _, c := range []struct {
		validation, keypad string
		pressed            []string // "" is time that passes
		want               string
	}{
		{any, "", []string{"12#"}, "12"},
		{any, "", []string{"1", "2", "#"}, "12"},
		{any, "", []string{"1234567"}, "123456"},
		{any, "", []string{"12", ""}, "12"},
		{any, "", []string{"#"}, ""},
		{any, "", []string{""}, "Timeout"},
		{any, `{"InputTerminationSequence":"**"}`, []string{"1*2#", "**"}, "1*2#"},
		{e164, "", []string{"14255550100#"}, "+14255550100"},
		{e164, "", []string{"04255550100#"}, "invalid"},
		{local, "", []string{"4255550100#"}, "+14255550100"},
		{local, "", []string{"*#"}, "invalid"},
	} {
		s := on(t, input(c.validation, c.keypad))
		out := s.begin(center.OwnFlow, "f")
		for _, keys := range c.pressed {
			if out.End != Waits {
				t.Fatalf("%v: %v before %q", c.pressed, out, keys)
			}
			if keys == "" {
				out = s.elapse()
			} else {
				out = s.resume(Entered{Keys: keys})
			}
		}
		if got := s.c.Attributes["in"]; out.End != Disconnects || got != c.want {
			t.Errorf("%s %v: %v with %q, want %q", c.validation, c.pressed, out, got, c.want)
		}
	}
	s := on(t, input(any, ""))
	s.c.Channel = center.Chat
	s.begin(center.OwnFlow, "f")
	if s.resume(Entered{Text: "my account"}); s.c.Attributes["in"] != "my account" {
		t.Errorf("text of a chat: %v", s.c.Attributes)
	}
	s = on(t, input(any, ""))
	s.c.Channel = center.Task
	if out := s.begin(center.OwnFlow, "f"); out.End != Disconnects || s.c.Attributes["in"] != "" {
		t.Errorf("a task is asked: %v %v", out, s.c.Attributes)
	}
}

func TestKeysHaveTheirOwnTime(t *testing.T) {
	s := on(t, input(`{"CustomValidation":{"MaximumLength":6}}`, `{"InterdigitTimeLimitSeconds":"7"}`))
	s.begin(center.OwnFlow, "f")
	if got := s.c.Position.Until.Sub(s.at); got != 5*time.Second {
		t.Errorf("the first key has %v", got)
	}
	s.resume(Entered{Keys: "1"})
	if got := s.c.Position.Until.Sub(s.at); got != 7*time.Second || s.c.Position.Keys != "1" {
		t.Errorf("the next key has %v after %q", got, s.c.Position.Keys)
	}
}

func TestLoopsCountAndBeginAnew(t *testing.T) {
	loop := action("a", "Loop", `{"LoopCount":"$.Attributes.times"}`, `{"NextAction":"z","Errors":[{"NextAction":"bad","ErrorType":"NoMatchingError"}],"Conditions":[`+
		`{"NextAction":"w","Condition":{"Operator":"Equals","Operands":["ContinueLooping"]}},{"NextAction":"d","Condition":{"Operator":"Equals","Operands":["DoneLooping"]}}]}`)
	wait := action("w", "Wait", `{"TimeLimitSeconds":"60"}`, `{"NextAction":"a","Conditions":[{"NextAction":"a","Condition":{"Operator":"Equals","Operands":["WaitCompleted"]}}]}`)
	for times, want := range map[string]int{"0": 0, "2": 2, "100": 100} {
		s := on(t, document(loop, wait, set("d", "done", "yes", "z"), set("bad", "done", "error", "z"), hangUp))
		s.c.Attributes["times"] = times
		waits := 0
		for out := s.begin(center.OwnFlow, "f"); out.End == Waits; out = s.elapse() {
			waits++
			if n := s.c.Position.Loops["a"]; n != waits {
				t.Errorf("%s times: counted %d after %d", times, n, waits)
			}
		}
		if waits != want || s.c.Attributes["done"] != "yes" || s.at.Sub(monday) != time.Duration(want)*time.Minute {
			t.Errorf("%s times: %d, %v, %v", times, waits, s.c.Attributes["done"], s.at.Sub(monday))
		}
	}
	for _, times := range []string{"many", "-1", "101", ""} {
		s := on(t, document(loop, wait, set("d", "done", "yes", "z"), set("bad", "done", "error", "z"), hangUp))
		s.c.Attributes["times"] = times
		if s.begin(center.OwnFlow, "f"); s.c.Attributes["done"] != "error" {
			t.Errorf("%q times: %v", times, s.c.Attributes)
		}
	}
}

// asks is a flow that invokes a function, and notes what it answered.
func asks(responseType, path string) string {
	return document(action("a", "InvokeLambdaFunction", `{"LambdaFunctionARN":"arn:aws:lambda:r:1:function:f","InvocationTimeLimitSeconds":"3","ResponseValidation":{"ResponseType":"`+responseType+`"},`+
		`"LambdaInvocationAttributes":{"who":"$.CustomerEndpoint.Address","what":"it"}}`, `{"NextAction":"n","Errors":[{"NextAction":"bad","ErrorType":"NoMatchingError"}]}`),
		set("n", "got", path, "z"), set("bad", "got", "error", "z"), hangUp)
}

func TestFunctionsAreAskedAndHeard(t *testing.T) {
	associated := center.FunctionAssociated{ARN: "arn:aws:lambda:r:1:function:f"}
	for _, c := range []struct {
		typ, path string
		why       Cause
		want      string
	}{
		{"STRING_MAP", "$.External.a", Answered{Response: `{"a":"b"}`}, "b"},
		{"STRING_MAP", "$.External.a", Answered{Response: `{"a":7,"b":true}`}, "7"},
		{"STRING_MAP", "$.External.a", Answered{Response: `{"a":{"b":"c"}}`}, "error"},
		{"STRING_MAP", "$.External.a", Answered{Response: `[]`}, "error"},
		{"STRING_MAP", "$.External.a", Answered{Response: ``}, "error"},
		{"STRING_MAP", "$.External.none", Answered{Response: `{}`}, ""},
		{"JSON", "$.External.a.b[1].c", Answered{Response: `{"a":{"b":[0,{"c":"d"}]}}`}, "d"},
		{"JSON", "$.External.a", Answered{Failed: true}, "error"},
		{"JSON", "$.External.a", Elapsed{}, "error"},
	} {
		s := on(t, asks(c.typ, c.path), associated)
		out := s.begin(center.OwnFlow, "f")
		if out.End != Waits || len(s.asked) != 1 || s.c.Position.Answers != "1/0" || s.c.Position.Until.Sub(monday) != 3*time.Second {
			t.Fatalf("%v, asked %v, at %+v", out, s.asked, s.c.Position)
		}
		out = s.resume(c.why)
		if got := s.c.Attributes["got"]; out.End != Disconnects || got != c.want {
			t.Errorf("%s %v: %v with %.20q, want %.20q", c.typ, c.why, out, got, c.want)
		}
	}
	s := on(t, asks("JSON", "$.External.a"))
	if s.begin(center.OwnFlow, "f"); len(s.asked) != 0 || s.c.Attributes["got"] != "error" {
		t.Errorf("a function that is not associated: asked %v", s.asked)
	}
}

func TestAnAnswerHasASize(t *testing.T) {
	const around = len(`{"a":""}`)
	for size, want := range map[int]bool{responseMax - 1: true, responseMax: false} {
		if _, ok := external(`{"a":"`+strings.Repeat("x", size-around)+`"}`, true); ok != want {
			t.Errorf("%d bytes: %v", size, ok)
		}
	}
}

// TestWhatFunctionsGet holds the event against the documented one.
func TestWhatFunctionsGet(t *testing.T) {
	s := on(t, asks("JSON", "$.External.a"), center.FunctionAssociated{ARN: "arn:aws:lambda:r:1:function:f"})
	s.c.Target, s.c.Previous = "sales", ""
	s.c.Name, s.c.Description = "", ""
	s.begin(center.OwnFlow, "f")
	got := s.asked[0].(center.InvokeFunction)
	want := `{"Details":{"ContactData":{"Attributes":{"empty":"","n":"7","queue":"sales","tier":"gold"},"Channel":"VOICE","ContactId":"c",` +
		`"CustomerEndpoint":{"Address":"+12025550100","Type":"TELEPHONE_NUMBER"},"CustomerId":null,"Description":null,"InitialContactId":"c","InitiationMethod":"INBOUND",` +
		`"InstanceARN":"arn:aws:connect:us-east-1:111122223333:instance/i","LanguageCode":"en-US","MediaStreams":{"Customer":{"Audio":null}},"Name":null,"PreviousContactId":"c",` +
		`"Queue":{"ARN":"arn:aws:connect:us-east-1:111122223333:instance/i/queue/sales","Name":"Sales","OutboundCallerId":null},"References":{},` +
		`"SystemEndpoint":{"Address":"+18005550100","Type":"TELEPHONE_NUMBER"}},"Parameters":{"what":"it","who":"+12025550100"}},"Name":"ContactFlowEvent"}`
	if got.Payload != want || !json.Valid([]byte(got.Payload)) {
		t.Errorf("got  %s\nwant %s", got.Payload, want)
	}
}

func TestMetricsAreComparedAndLoaded(t *testing.T) {
	check := func(typ, operator, operand string) string {
		return document(action("a", "CheckMetricData", `{"MetricType":"`+typ+`","QueueId":"sales"}`, `{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"NoMatchingCondition"}],"Conditions":[`+
			`{"NextAction":"y","Condition":{"Operator":"`+operator+`","Operands":["`+operand+`"]}}]}`), noteFull, hangUp)
	}
	for _, c := range []struct {
		content string
		value   int
		want    bool
	}{
		{check("NumberOfAgentsAvailable", "NumberGreaterThan", "0"), 0, false},
		{check("NumberOfAgentsAvailable", "NumberGreaterThan", "0"), 1, true},
		{check("NumberOfContactsInQueue", "Equals", "5"), 5, true},
		{check("OldestContactInQueueAgeSeconds", "NumberLessOrEqualTo", "60"), 61, false},
	} {
		s := on(t, c.content)
		for _, typ := range []string{"NumberOfAgentsAvailable", "NumberOfContactsInQueue", "OldestContactInQueueAgeSeconds"} {
			s.metric[typ+" sales"] = c.value
		}
		if s.begin(center.OwnFlow, "f"); (s.c.Attributes["full"] == "yes") != c.want {
			t.Errorf("%d: %v", c.value, s.c.Attributes)
		}
	}
	s := on(t, document(action("a", "GetMetricData", `{"QueueId":"sales"}`, `{"NextAction":"n"}`), set("n", "size", "$.Metrics.Queue.Size", "m"), set("m", "name", "$.Metrics.Queue.Name", "z"), hangUp))
	s.metric["NumberOfContactsInQueue sales"] = 3
	if s.begin(center.OwnFlow, "f"); s.c.Attributes["size"] != "3" || s.c.Attributes["name"] != "Sales" {
		t.Errorf("loaded: %v", s.c.Attributes)
	}
}

// TestSharesComeOut: about as many as a share says go that way, and the same identities draw the same.
func TestSharesComeOut(t *testing.T) {
	s := on(t, document(action("a", "DistributeByPercentage", "", `{"NextAction":"z","Errors":[{"NextAction":"z","ErrorType":"NoMatchingCondition"}],"Conditions":[`+
		`{"NextAction":"y","Condition":{"Operator":"NumberLessThan","Operands":["31"]}}]}`), noteFull, hangUp))
	n := 0
	for range 1000 {
		delete(s.c.Attributes, "full")
		if s.begin(center.OwnFlow, "f"); s.c.Attributes["full"] == "yes" {
			n++
		}
	}
	if n < 250 || n > 350 {
		t.Errorf("%d of 1000 went where 30 %% should", n)
	}
}

func TestHooksAreSetOnce(t *testing.T) {
	hook := func(occasion, flow string) string {
		return document(action("a", "UpdateContactEventHooks", `{"EventHooks":{"`+occasion+`":"`+flow+`"}}`, `{"NextAction":"b","Errors":[{"NextAction":"y","ErrorType":"NoMatchingError"}]}`),
			action("b", "UpdateContactEventHooks", `{"EventHooks":{"`+occasion+`":"`+flow+`"}}`, onErrorZ), noteFull, hangUp)
	}
	whisper := flowSaved("w", "AGENT_WHISPER", document(action("a", "EndFlowExecution", "", "")))
	s := on(t, hook("AgentWhisper", "arn:x/contact-flow/w"), whisper)
	s.begin(center.OwnFlow, "f")
	if want := []center.Event{center.FlowHooked{Contact: "c", Occasion: center.OnAgentWhisper, Flow: "w"}}; !reflect.DeepEqual(s.events, want) {
		t.Errorf("got %v", s.events)
	}
	for _, c := range [][2]string{{"CustomerWhisper", "w"}, {"AgentWhisper", "none"}, {"AgentWhisper", "$.Attributes.none"}} {
		s := on(t, hook(c[0], c[1]), whisper)
		if s.begin(center.OwnFlow, "f"); s.c.Attributes["full"] != "yes" || s.c.Hook(center.FlowOccasion(c[0])) != "" {
			t.Errorf("%v was set", c)
		}
	}
}

func TestCallbacks(t *testing.T) {
	content := document(action("a", "UpdateContactCallbackNumber", `{"CallbackNumber":"$.Attributes.number"}`,
		`{"NextAction":"b","Errors":[{"NextAction":"y","ErrorType":"InvalidCallbackNumber"},{"NextAction":"z","ErrorType":"NoMatchingError"}]}`),
		action("b", "CreateCallbackContact", `{"QueueId":"full","InitialCallDelaySeconds":"10","MaximumConnectionAttempts":3,"RetryDelaySeconds":"20"}`, `{"NextAction":"z","Errors":[{"NextAction":"y","ErrorType":"NoMatchingError"}]}`),
		noteFull, hangUp)
	s := on(t, content)
	s.c.Attributes["number"] = "+12025550177"
	s.begin(center.OwnFlow, "f")
	i := slices.IndexFunc(s.events, func(e center.Event) bool { _, ok := e.(center.ContactInitiated); return ok })
	if i < 0 {
		t.Fatalf("no callback: %v", s.events)
	}
	e := s.events[i].(center.ContactInitiated)
	want := center.Callback{Attempts: 3, Retry: 20 * time.Second, From: "+18005550100"}
	if e.Method != lifecycle.MethodCallback || e.Previous != "c" || e.Initial != "c" || e.Customer.Address != "+12025550177" || e.System != nil || e.Queue != "full" ||
		!e.ScheduledAt.Equal(monday.Add(10*time.Second)) || *e.Callback != want || s.c.Next != e.Contact || e.Attributes["tier"] != "gold" {
		t.Errorf("got %+v", e)
	}
	for name, c := range map[string]func(*stage){
		"no number":      func(s *stage) { s.c.Attributes["number"] = "12" },
		"the queue full": func(s *stage) { s.queued = func(center.QueueID) int { return 1 } },
		"a task":         func(s *stage) { s.c.Channel = center.Task },
		"no calls out":   func(s *stage) { s.d.Instance.Attributes = map[string]string{"OUTBOUND_CALLS": "false"} },
	} {
		s := on(t, content)
		s.c.Attributes["number"] = "+12025550177"
		c(s)
		if s.begin(center.OwnFlow, "f"); s.c.Attributes["full"] != "yes" || s.c.Next != "" {
			t.Errorf("%s: %v, next %q", name, s.c.Attributes, s.c.Next)
		}
	}
	s = on(t, content)
	s.c.Attributes["number"] = "+12025550177"
	scene := s.scene()
	scene.Full = func() bool { return true }
	if Begin(scene, s.c, center.OwnFlow, "f"); s.c.Next != "" {
		t.Error("a callback is made in a center that is full")
	}
}

// TestContactsGoOnInWhatTheyBegan: a flow that is published anew, or deleted, leaves contacts where they are.
func TestContactsGoOnInWhatTheyBegan(t *testing.T) {
	wait := func(next string) string {
		return action("w", "Wait", `{"TimeLimitSeconds":"1"}`, `{"NextAction":"`+next+`"}`)
	}
	first := strings.Replace(document(wait("y"), noteFull, hangUp), `"StartAction":"a"`, `"StartAction":"w"`, 1)
	s := on(t, first)
	s.begin(center.OwnFlow, "f")
	s.old[Digest(first)] = first
	s.d.Apply(monday, flowSaved("f", "CONTACT_FLOW", document(action("a", "DisconnectParticipant", "", ""))))
	if s.elapse(); s.c.Attributes["full"] != "yes" {
		t.Error("the contact did not go on in the flow that it was in")
	}
	s = on(t, first)
	s.begin(center.OwnFlow, "f")
	delete(s.d.Flows, "f")
	if out := s.elapse(); out.End != Disconnects {
		t.Errorf("a flow that nothing has kept: %v", out)
	}
}

func TestModulesComeBack(t *testing.T) {
	main := document(action("a", "InvokeFlowModule", `{"FlowModuleId":"arn:x/flow-module/m"}`, `{"NextAction":"t","Errors":[{"NextAction":"y","ErrorType":"NoMatchingError"}]}`),
		strings.Replace(target("t", "sales"), `"NextAction":"t"`, `"NextAction":"z"`, 1), noteFull, hangUp)
	inner := document(action("a", "MessageParticipant", `{"Text":"x"}`, `{"NextAction":"b"}`), action("b", "EndFlowModuleExecution", "", ""))
	s := on(t, main, flowSaved("m", center.TypeModule, inner))
	if out := s.begin(center.OwnFlow, "f"); out.End != Waits || len(s.c.Position.Callers) != 1 || s.c.Position.Flow != "m" {
		t.Fatalf("in the module: %v at %+v", out, s.c.Position)
	}
	if out := s.elapse(); out.End != Disconnects || s.c.Target != "sales" {
		t.Errorf("after it: %v to %q", out, s.c.Target)
	}
	s = on(t, main)
	if s.begin(center.OwnFlow, "f"); s.c.Attributes["full"] != "yes" {
		t.Errorf("a module that does not exist: %v", s.c.Attributes)
	}
}

func TestACacheChangesNothing(t *testing.T) {
	d := world(t, document(action("a", "DisconnectParticipant", "", "")))
	c := &Cache{}
	for i := range cacheMax + 10 {
		if c.read(center.FlowID(fmt.Sprint(i)), d.Flows["f"].Content) == nil {
			t.Fatal("not a flow")
		}
	}
	if len(c.byFlow) > cacheMax {
		t.Errorf("%d flows are kept", len(c.byFlow))
	}
	one := c.read("f", d.Flows["f"].Content)
	if c.read("f", d.Flows["f"].Content) != one {
		t.Error("a flow is parsed twice")
	}
	if other := c.read("f", d.Flows["f"].Content+" "); other == one || other.digest == one.digest {
		t.Error("another content is taken for the same")
	}
	if (*Cache)(nil).read("f", "{") != nil {
		t.Error("what is no flow is one")
	}
}
