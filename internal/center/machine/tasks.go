package machine

import (
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/hookswitch/hookswitch/internal/center"
)

// startTask begins a task, at once or later.
func (t *turn) startTask(cmd center.StartTask) error {
	if err := t.mayOpen(center.Task, cmd.ClientToken); err != nil {
		return err
	}
	if cmd.Name == "" {
		return invalid("Name", "a task has a name")
	}
	if _, ok := t.m.state.Directory.Queues[cmd.Queue]; !ok && cmd.Queue != "" {
		return &center.Refused{Reason: center.NotFound, Kind: center.KindQueue, ID: string(cmd.Queue), Field: "QuickConnectId"}
	}
	w := words{cmd.Name, cmd.Description, string(cmd.Previous), string(cmd.Initial), string(cmd.Related), cmd.ClientToken, cmd.References, cmd.Details}
	if err := w.check(); err != nil {
		return err
	}
	if err := t.mayHandOn(cmd.Flow, cmd.Queue != ""); err != nil {
		return err
	}
	if cmd.Previous != "" && cmd.Related != "" {
		return invalid("RelatedContactId", "a task has either a previous or a related contact")
	}
	begins := t.at
	if !cmd.ScheduledAt.IsZero() {
		begins = cmd.ScheduledAt.UTC().Truncate(time.Millisecond)
		if !begins.After(t.at) || begins.After(t.at.Add(scheduleAheadMax)) {
			return invalid("ScheduledTime", "must be within the next six days")
		}
	}
	expiry := cmd.Expiry
	if expiry == 0 {
		expiry = expiryUsual
	}
	if expiry < expiryLeast || expiry > expiryMost || expiry%time.Minute != 0 {
		return invalid("SegmentAttributes", "connect:ContactExpiry must be from one minute to 90 days, in whole minutes")
	}
	initial, link, attributes := t.chain(cmd)
	if link >= linkedMax {
		return &center.Refused{Reason: center.Limit, Kind: center.KindContact, ID: string(cmd.Previous), Detail: fmt.Sprintf("%d tasks are linked already", linkedMax)}
	}
	if initial != "" && len(t.chainOf(initial)) >= sharersMax {
		return &center.Refused{Reason: center.Limit, Kind: center.KindContact, ID: string(cmd.Previous), Detail: fmt.Sprintf("%d open tasks are linked already: end some of them first", sharersMax)}
	}
	if err := checkAttributes(nil, attributes); err != nil {
		return err
	}
	minutes := int(expiry / time.Minute)
	e := center.ContactInitiated{
		Contact: center.ContactID(t.newID()), Channel: center.Task, Method: "API",
		Initial: initial, Previous: cmd.Previous, Related: cmd.Related,
		Flow: cmd.Flow, Name: cmd.Name, Description: cmd.Description,
		References: slices.Clone(cmd.References), Details: orNil(cmd.Details), Attributes: orNil(attributes),
		Tags: map[string]string{"aws:connect:instanceId": string(t.m.state.Directory.Instance.ID)},
		Segment: map[string]center.SegmentValue{
			"connect:ContactExpiry": {Map: map[string]center.SegmentValue{"ExpiryDuration": {Integer: &minutes}}},
		},
		ExpiresAt: begins.Add(expiry), ClientToken: cmd.ClientToken, Template: cmd.Template, Queue: cmd.Queue, Link: link,
	}
	if len(cmd.References) == 0 {
		e.References = nil
	}
	if !cmd.ScheduledAt.IsZero() {
		e.ScheduledAt = begins
	}
	t.emit(e)
	if cmd.Previous != "" && (cmd.Initial != "" || t.m.state.Contacts[cmd.Previous] != nil) {
		t.emit(center.ContactLinked{Contact: cmd.Previous, Next: e.Contact})
	}
	if e.ScheduledAt.IsZero() {
		t.begin(t.m.state.Contacts[e.Contact])
	}
	return nil
}

// chain returns the first contact of the chain that a task continues, how many come before it, and the attributes that it
// begins with: those of the chain and its own.
func (t *turn) chain(cmd center.StartTask) (initial center.ContactID, link int, attributes map[string]string) {
	if cmd.Previous == "" {
		return "", 0, cmd.Attributes
	}
	p := t.m.state.Contacts[cmd.Previous]
	switch {
	case p == nil && cmd.Initial != "":
		return cmd.Initial, cmd.Link, cmd.Attributes
	case p == nil:
		return cmd.Previous, 1, cmd.Attributes
	}
	attributes = make(map[string]string, len(p.Attributes)+len(cmd.Attributes))
	maps.Copy(attributes, p.Attributes)
	maps.Copy(attributes, cmd.Attributes)
	return rootOf(p), p.Link + 1, attributes
}

// words are what a new contact carries besides its attributes.
type words struct {
	name, description, previous, initial, related, token string
	references                                           []center.Reference
	details                                              map[string]string
}

// check refuses what is too long, alone or together, and what is not UTF-8, which no document could show as it came.
func (w words) check() error {
	if utf8.RuneCountInString(w.name) > nameMax {
		return invalid("Name", fmt.Sprintf("longer than %d characters", nameMax))
	}
	if utf8.RuneCountInString(w.description) > descriptionMax {
		return invalid("Description", fmt.Sprintf("longer than %d characters", descriptionMax))
	}
	size := 0
	var err error
	count := func(field, text string) {
		size += len(text)
		if err == nil && !utf8.ValidString(text) {
			err = invalid(field, "must be valid UTF-8")
		}
	}
	count("Name", w.name)
	count("Description", w.description)
	count("PreviousContactId", w.previous+w.initial)
	count("RelatedContactId", w.related)
	count("ClientToken", w.token)
	for _, r := range w.references {
		count("References", r.Name)
		count("References", r.Type)
		count("References", r.Value)
		count("References", r.Status)
	}
	for k, v := range w.details {
		count("ContactDetails", k)
		count("ContactDetails", v)
	}
	if err == nil && size > wordsBytesMax {
		return invalid("References", fmt.Sprintf("a contact may not carry more than %d bytes of text", wordsBytesMax))
	}
	return err
}
