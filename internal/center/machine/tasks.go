package machine

import (
	"fmt"
	"maps"
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
	if err := checkWords(cmd.Name, cmd.Description); err != nil {
		return err
	}
	if err := t.mayRun(cmd.Flow); err != nil {
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
	initial, attributes := t.chain(cmd)
	if err := checkAttributes(nil, attributes); err != nil {
		return err
	}
	minutes := int(expiry / time.Minute)
	e := center.ContactInitiated{
		Contact: center.ContactID(t.newID()), Channel: center.Task, Method: "API",
		Initial: initial, Previous: cmd.Previous, Related: cmd.Related,
		Flow: cmd.Flow, Name: cmd.Name, Description: cmd.Description,
		References: cmd.References, Details: orNil(cmd.Details), Attributes: orNil(attributes),
		Tags: map[string]string{"aws:connect:instanceId": string(t.m.state.Directory.Instance.ID)},
		Segment: map[string]center.SegmentValue{
			"connect:ContactExpiry": {Map: map[string]center.SegmentValue{"ExpiryDuration": {Integer: &minutes}}},
		},
		ExpiresAt: begins.Add(expiry), ClientToken: cmd.ClientToken,
	}
	if len(cmd.References) == 0 {
		e.References = nil
	}
	if !cmd.ScheduledAt.IsZero() {
		e.ScheduledAt = begins
	}
	t.emit(e)
	if e.ScheduledAt.IsZero() {
		t.begin(t.m.state.Contacts[e.Contact])
	}
	return nil
}

// chain returns the first contact of the chain that a task continues, and the attributes that it begins with: those of
// the chain and its own.
func (t *turn) chain(cmd center.StartTask) (center.ContactID, map[string]string) {
	if cmd.Previous == "" {
		return "", cmd.Attributes
	}
	p := t.m.state.Contacts[cmd.Previous]
	switch {
	case p == nil && cmd.Initial != "":
		return cmd.Initial, cmd.Attributes
	case p == nil:
		return cmd.Previous, cmd.Attributes
	}
	attributes := make(map[string]string, len(p.Attributes)+len(cmd.Attributes))
	maps.Copy(attributes, p.Attributes)
	maps.Copy(attributes, cmd.Attributes)
	if p.Initial != "" {
		return p.Initial, attributes
	}
	return p.ID, attributes
}

func checkWords(name, description string) error {
	if utf8.RuneCountInString(name) > nameBytesMax {
		return invalid("Name", fmt.Sprintf("longer than %d characters", nameBytesMax))
	}
	if utf8.RuneCountInString(description) > descriptionMax {
		return invalid("Description", fmt.Sprintf("longer than %d characters", descriptionMax))
	}
	return nil
}
