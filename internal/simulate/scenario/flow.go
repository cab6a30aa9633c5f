package scenario

import (
	"encoding/json"
	"regexp"
	"time"
)

// CallbackKey is what callers press who want to be called back, in the flows that are made here.
const CallbackKey = "1"

// Made is a flow as the center is given it. Its content may name queues and flows, see Fill.
type Made struct {
	Name, Type, Content string
}

// Flows returns what a flow is made as, in the order in which they are to be made: what callers hear while they wait, if
// they are offered something, and the flow itself.
func (f *Flow) Flows() []Made {
	if f.Content != "" {
		return []Made{{f.Name, f.Type, string(f.Content)}}
	}
	w := &writer{}
	first := "queue"
	if f.Menu != nil {
		first = w.menu(f.Menu)
	} else {
		w.toQueue("queue", f.Queue, f.Closed)
	}
	var made []Made
	if f.Callback != nil {
		waiting := f.Name + " waiting"
		made = append(made, Made{waiting, "CUSTOMER_QUEUE", f.Callback.offer()})
		w.do("waiting", "UpdateContactEventHooks", object{"EventHooks": object{"CustomerQueue": "${flow:" + waiting + "}"}}, first, otherwise(first, anyError))
		first = "waiting"
	}
	if f.Say != "" {
		w.say("say", f.Say, first)
		first = "say"
	}
	w.do("transfer", "TransferContactToQueue", object{}, "goodbye", otherwise("goodbye", "QueueAtCapacity", anyError))
	w.do("goodbye", "DisconnectParticipant", object{}, "", nil)
	return append(made, Made{f.Name, "CONTACT_FLOW", w.from(first)})
}

// Broken is the content of a flow during its outage.
func Broken() string {
	w := &writer{}
	w.say("sorry", "We have a technical problem. Please try again later.", "goodbye")
	w.do("goodbye", "DisconnectParticipant", object{}, "", nil)
	return w.from("sorry")
}

type object = map[string]any

const anyError = "NoMatchingError"

// writer writes a flow in Amazon's flow language.
type writer struct{ actions []object }

func (w *writer) do(id, typ string, parameters object, next string, errors []object, conditions ...object) {
	t := object{}
	if next != "" {
		t["NextAction"] = next
	}
	if len(errors) > 0 {
		t["Errors"] = errors
	}
	if len(conditions) > 0 {
		t["Conditions"] = conditions
	}
	w.actions = append(w.actions, object{"Identifier": id, "Type": typ, "Parameters": parameters, "Transitions": t})
}

func otherwise(next string, kinds ...string) []object {
	var all []object
	for _, k := range kinds {
		all = append(all, object{"NextAction": next, "ErrorType": k})
	}
	return all
}

func equals(value, next string) object {
	return object{"NextAction": next, "Condition": object{"Operator": "Equals", "Operands": []string{value}}}
}

func (w *writer) say(id, text, next string) {
	w.do(id, "MessageParticipant", object{"Text": text}, next, otherwise(next, anyError))
}

// toQueue leads from the block id into a queue.
func (w *writer) toQueue(id, queue, closed string) {
	target := object{"QueueId": "${queue:" + queue + "}"}
	if closed == "" {
		w.do(id, "UpdateContactTargetQueue", target, "transfer", otherwise("goodbye", anyError))
		return
	}
	w.do(id, "UpdateContactTargetQueue", target, "hours", otherwise("goodbye", anyError))
	w.do("hours", "CheckHoursOfOperation", object{}, "transfer", otherwise("transfer", anyError), equals("True", "transfer"), equals("False", "closed"))
	w.say("closed", closed, "goodbye")
}

func (w *writer) menu(m *Menu) (first string) {
	var conditions []object
	for _, o := range m.Options {
		w.toQueue("key "+o.Key, o.Queue, "")
		conditions = append(conditions, equals(o.Key, "key "+o.Key))
	}
	other := "goodbye"
	if m.Otherwise != "" {
		other = "otherwise"
		w.toQueue(other, m.Otherwise, "")
	}
	w.do("menu", "GetParticipantInput", object{"Text": m.Prompt, "StoreInput": "False", "InputTimeLimitSeconds": seconds(m.Timeout)},
		"", otherwise(other, "InputTimeLimitExceeded", "NoMatchingCondition", anyError), conditions...)
	return "menu"
}

// offer writes what callers hear who wait: now and then, that they can be called back.
func (c *Callback) offer() string {
	w := &writer{}
	w.do("music", "MessageParticipantIteratively", object{
		"Messages": []object{{"Text": "Please hold the line."}}, "InterruptFrequencySeconds": seconds(c.After),
	}, "", otherwise("end", anyError), equals("MessagesInterrupted", "offer"))
	w.do("offer", "GetParticipantInput", object{"Text": "Press 1 to be called back.", "StoreInput": "False", "InputTimeLimitSeconds": "5"},
		"", append(otherwise("music", "InputTimeLimitExceeded", "NoMatchingCondition"), otherwise("end", anyError)...), equals(CallbackKey, "create"))
	w.do("create", "CreateCallbackContact", object{
		"InitialCallDelaySeconds": whole(c.Delay), "MaximumConnectionAttempts": c.Attempts, "RetryDelaySeconds": whole(c.Retry),
	}, "goodbye", otherwise("music", anyError))
	w.do("goodbye", "DisconnectParticipant", object{}, "", nil)
	w.do("end", "EndFlowExecution", object{}, "", nil)
	return w.from("music")
}

func whole(d Duration) int { return int(d.D() / time.Second) }

func seconds(d Duration) string { return string(mustJSON(whole(d))) }

func (w *writer) from(start string) string {
	return string(mustJSON(object{"Version": "2019-10-30", "StartAction": start, "Metadata": object{}, "Actions": w.actions}))
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and maps of them always encode
	}
	return b
}

var placeholder = regexp.MustCompile(`\$\{(queue|flow):([^}"]*)\}`)

// Fill puts ids in the place of ${queue:NAME} and ${flow:NAME}. wrong is the first that find does not know, or "".
func Fill(content string, find func(kind, name string) (id string, ok bool)) (filled, wrong string) {
	filled = placeholder.ReplaceAllStringFunc(content, func(s string) string {
		part := placeholder.FindStringSubmatch(s)
		id, ok := find(part[1], part[2])
		if !ok && wrong == "" {
			wrong = s
		}
		return id
	})
	return filled, wrong
}
