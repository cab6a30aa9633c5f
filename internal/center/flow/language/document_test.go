package language

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

const sample = `{"Version":"2019-10-30","StartAction":"a","Actions":[
 {"Identifier":"a","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"arn:aws:connect:r:1:instance/i/queue/q"},"Transitions":{"NextAction":"b"}},
 {"Identifier":"b","Type":"UpdateContactTargetQueue","Parameters":{"AgentId":"$.Attributes.agent"},"Transitions":{"NextAction":"c"}},
 {"Identifier":"c","Type":"UpdateContactTargetQueue","Parameters":{"AgentId":"ann"},"Transitions":{"NextAction":"d"}},
 {"Identifier":"d","Type":"CheckHoursOfOperation","Parameters":{"HoursOfOperationId":"h"},"Transitions":{"Conditions":[
  {"NextAction":"e","Condition":{"Operator":"Equals","Operands":["True"]}},{"NextAction":"e","Condition":{"Operator":"Equals","Operands":["False"]}}]}},
 {"Identifier":"e","Type":"TransferContactToQueue","Transitions":{}}]}`

func TestReferencesAreWhatIsNamedLiterally(t *testing.T) {
	d, err := Parse("CONTACT_FLOW", sample)
	if err != nil {
		t.Fatal(err)
	}
	want := []Reference{{Action: "a", Kind: center.KindQueue, ID: "q"}, {Action: "c", Kind: center.KindUser, ID: "ann"}, {Action: "d", Kind: center.KindHours, ID: "h"}}
	if got := d.References(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if d.Action("none") != nil || d.Action("e").Type != "TransferContactToQueue" {
		t.Error("actions are not found by their identifiers")
	}
}

func TestParametersOfAnotherShapeAreAbsent(t *testing.T) {
	d := Decode(`{"Version":"2019-10-30","Actions":[{"Identifier":"a","Parameters":{"n":"12","m":-3,"s":"x","f":1.5,"null":null,"o":{"k":"v"},"l":[1]}}]}`)
	if d == nil {
		t.Fatal("not a flow")
	}
	a := d.Action("a")
	for name, want := range map[string]struct {
		text   string
		number int
		ok     bool
	}{"n": {"12", 12, true}, "m": {"", -3, true}, "s": {"x", 0, false}, "f": {}, "null": {}, "o": {}, "l": {}, "none": {}} {
		n, ok := a.Integer(name)
		if got := a.Text(name); got != want.text || n != want.number || ok != want.ok {
			t.Errorf("%s: text %q, number %d, %v", name, got, n, ok)
		}
	}
	if got := a.Texts("o"); !reflect.DeepEqual(got, map[string]string{"k": "v"}) {
		t.Errorf("object: %v", got)
	}
	if a.Texts("l") != nil || a.Texts("s") != nil {
		t.Error("what is no object is read as one")
	}
}

func TestAttributeKeys(t *testing.T) {
	for key, want := range map[string]bool{"a": true, "A-b_9": true, "": false, "a b": false, "a.b": false, "ü": false, strings.Repeat("a", attributeKeyMax): true, strings.Repeat("a", attributeKeyMax+1): false} {
		if got := IsAttributeKey(key); got != want {
			t.Errorf("key of %d bytes %.10q: %v", len(key), key, got)
		}
		if k, ok := AttributeOf("$.Attributes." + key); ok != want || ok && k != key {
			t.Errorf("path of %.10q: %v", key, ok)
		}
	}
	if _, ok := AttributeOf("$.Channel"); ok {
		t.Error("$.Channel is an attribute")
	}
}

func TestSavedContentIsAnyObject(t *testing.T) {
	for content, want := range map[string]bool{"{}": true, ` {"a":1}`: true, "": false, "null": false, "[]": false, "{": false, "{}{}": false, "{\"a\":\"\xff\"}": false} {
		if got := CheckSaved(content) == nil; got != want {
			t.Errorf("%q: %v", content, got)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	b.SetBytes(int64(len(sample)))
	for b.Loop() {
		if Decode(sample) == nil {
			b.Fatal("not a flow")
		}
	}
}
