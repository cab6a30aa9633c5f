package directory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

func (q *request) createAttribute(c center.CreateAttribute) ([]center.Event, error) {
	a := c.Attribute
	if _, taken := q.Attributes[a.Name]; taken {
		return nil, &center.Refused{Reason: center.Duplicate, Kind: center.KindAttribute, ID: a.Name, Field: "Name", Detail: "the name is taken"}
	}
	if err := text("Name", a.Name, 1, attrNameMax); err != nil {
		return nil, err
	}
	if strings.HasPrefix(a.Name, "connect:") {
		return nil, invalid("Name", "must not begin with connect:")
	}
	if len(q.Attributes) >= attrsMax {
		return nil, limit(center.KindAttribute, attrsMax)
	}
	return q.saveAttribute(a)
}

// updateAttribute refuses to take away a value that users have as a proficiency.
func (q *request) updateAttribute(c center.UpdateAttribute) ([]center.Event, error) {
	a, err := find(q.Attributes, center.KindAttribute, c.Name)
	if err != nil {
		return nil, err
	}
	set(&a.Values, c.Values)
	set(&a.Purposes, c.Purposes)
	if err := q.unused(a.Name, a.Values); err != nil {
		return nil, err
	}
	return q.saveAttribute(a)
}

func (q *request) deleteAttribute(c center.DeleteAttribute) ([]center.Event, error) {
	if err := q.unused(c.Name, nil); err != nil {
		return nil, err
	}
	return deleted(q.Attributes, center.KindAttribute, c.Name)
}

// unused refuses when a user has a proficiency of an attribute in a value other than those that are kept.
func (q *request) unused(attribute string, kept []string) error {
	for _, u := range Sorted(q.Users) {
		for _, p := range u.Proficiencies {
			if p.Attribute == attribute && !slices.Contains(kept, p.Value) {
				return inUse(center.KindAttribute, attribute, "user %s has a proficiency in %q", u.ID, p.Value)
			}
		}
	}
	return nil
}

func (q *request) saveAttribute(a center.PredefinedAttribute) ([]center.Event, error) {
	if err := first(texts("StringList", a.Values, attrValuesMax, attrNameMax), texts("Purposes", a.Purposes, attrPurposesMax, attrNameMax)); err != nil {
		return nil, err
	}
	a.Values, a.Purposes, a.ModifiedAt = slices.Clone(a.Values), slices.Clone(a.Purposes), q.stamp.At
	return []center.Event{center.AttributeSaved{Attribute: a}}, nil
}

// texts refuses a list of more texts than most, one that is too long, and two that are the same.
func texts(field string, list []string, most, long int) error {
	if len(list) > most {
		return invalid(field, "must have at most %d entries", most)
	}
	seen := make(map[string]bool, len(list))
	for _, v := range list {
		if err := text(field, v, 1, long); err != nil {
			return err
		}
		if seen[v] {
			return invalid(field, "%q is named twice", v)
		}
		seen[v] = true
	}
	return nil
}

// changeProficiencies adds, changes and removes proficiencies. Adding a pair of attribute and value that is there, or
// changing or removing one that is not, is refused (ours: AWS documents none of the three).
func (q *request) changeProficiencies(c center.ChangeProficiencies) ([]center.Event, error) {
	u, err := find(q.Users, center.KindUser, c.User)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(u.Proficiencies)
	place := func(p center.Proficiency) int {
		return slices.IndexFunc(list, func(o center.Proficiency) bool { return o.Attribute == p.Attribute && o.Value == p.Value })
	}
	for _, p := range c.Add {
		if err := q.checkProficiency(p); err != nil {
			return nil, err
		}
		if place(p) >= 0 {
			return nil, invalid("UserProficiencies", "%q in %q is associated already", p.Value, p.Attribute)
		}
		list = append(list, p)
	}
	for _, p := range c.Change {
		i := place(p)
		if i < 0 {
			return nil, invalid("UserProficiencies", "%q in %q is not associated", p.Value, p.Attribute)
		}
		if err := q.checkProficiency(p); err != nil {
			return nil, err
		}
		list[i] = p
	}
	for _, p := range c.Remove {
		i := place(p)
		if i < 0 {
			return nil, invalid("UserProficiencies", "%q in %q is not associated", p.Value, p.Attribute)
		}
		list = slices.Delete(list, i, i+1)
	}
	if len(list) > proficienciesMax {
		return nil, invalid("UserProficiencies", "a user has at most %d", proficienciesMax)
	}
	slices.SortFunc(list, func(a, b center.Proficiency) int {
		return cmp.Or(cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Value, b.Value))
	})
	if len(list) == 0 {
		list = nil
	}
	u.Proficiencies, u.ModifiedAt = list, q.stamp.At
	return []center.Event{center.UserSaved{User: u}}, nil
}

func (q *request) checkProficiency(p center.Proficiency) error {
	a, err := find(q.Attributes, center.KindAttribute, p.Attribute)
	switch {
	case err != nil:
		return err
	case !slices.Contains(a.Values, p.Value):
		return invalid("AttributeValue", "%q is no value of %q", p.Value, a.Name)
	case !(p.Level >= 1 && p.Level <= 5): // NaN is neither
		return invalid("Level", "must be 1 to 5")
	}
	return nil
}
