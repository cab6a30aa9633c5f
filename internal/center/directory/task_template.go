package directory

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hookswitch/hookswitch/internal/center"
)

// States of task templates.
const (
	templateActive   = "ACTIVE"
	templateInactive = "INACTIVE"
)

// selectField is the type of fields that have options.
const selectField = "SINGLE_SELECT"

func (q *request) createTemplate(c center.CreateTaskTemplate) ([]center.Event, error) {
	v := c.Template
	v.ID, v.CreatedAt, v.Tags = "", q.stamp.At, maps.Clone(v.Tags)
	if err := checkTags(v.Tags); err != nil {
		return nil, err
	}
	if len(q.Templates) >= templatesMax {
		return nil, limit(center.KindTaskTemplate, templatesMax)
	}
	return q.saveTemplate(v)
}

func (q *request) updateTemplate(c center.UpdateTaskTemplate) ([]center.Event, error) {
	old, err := find(q.Templates, center.KindTaskTemplate, c.Template.ID)
	if err != nil {
		return nil, err
	}
	v := c.Template
	v.CreatedAt, v.Tags = old.CreatedAt, old.Tags
	return q.saveTemplate(v)
}

func (q *request) saveTemplate(v center.TaskTemplate) ([]center.Event, error) {
	if v.Status == "" {
		v.Status = templateActive
	}
	if err := q.checkTemplate(v); err != nil {
		return nil, err
	}
	v.Fields = slices.Clone(v.Fields)
	for i := range v.Fields {
		v.Fields[i].Options = slices.Clone(v.Fields[i].Options)
	}
	if v.ID == "" {
		v.ID = center.TaskTemplateID(q.ids())
	}
	v.ModifiedAt = q.stamp.At
	return []center.Event{center.TaskTemplateSaved{Template: v}}, nil
}

func (q *request) checkTemplate(v center.TaskTemplate) error {
	if err := first(
		text("Name", v.Name, 1, templateNameMax),
		text("Description", v.Description, 0, templateTextMax),
		unique(q.Templates, center.KindTaskTemplate, v.ID, v.Name, func(o center.TaskTemplate) string { return o.Name }),
		q.checkNumberFlow(v.Flow), // tasks run the same type of flows as calls
	); err != nil {
		return err
	}
	if v.Status != templateActive && v.Status != templateInactive {
		return invalid("Status", "must be %s or %s", templateActive, templateInactive)
	}
	if n := len(v.Fields); n < 1 || n > fieldsMax {
		return invalid("Fields", "must be 1 to %d", fieldsMax)
	}
	types, names := map[string]bool{}, map[string]bool{}
	for _, f := range v.Fields {
		switch {
		case names[f.Name]:
			return invalid("Fields", "two are called %q", f.Name)
		case types[f.Type] && slices.Contains([]string{"NAME", "DESCRIPTION", "SCHEDULED_TIME", "QUICK_CONNECT", "EXPIRY_DURATION"}, f.Type):
			return invalid("Fields", "two are of the type %s", f.Type)
		}
		types[f.Type], names[f.Name] = true, true
		if err := checkField(f); err != nil {
			return err
		}
	}
	if !types["NAME"] {
		return invalid("Fields", "one must be of the type NAME")
	}
	return nil
}

func checkField(f center.TaskField) error {
	if err := first(
		text("Fields.Id.Name", f.Name, 1, templateNameMax), text("Fields.Description", f.Description, 0, templateTextMax),
		texts("SingleSelectOptions", f.Options, optionsMax, templateNameMax),
	); err != nil {
		return err
	}
	switch f.Type {
	case "NAME", "DESCRIPTION", "SCHEDULED_TIME", "QUICK_CONNECT", "URL", "NUMBER", "TEXT", "TEXT_AREA", "DATE_TIME", "BOOLEAN", "EMAIL", "EXPIRY_DURATION", selectField:
	default:
		return invalid("Fields.Type", "%q is not supported", f.Type)
	}
	if (f.Type == selectField) != (len(f.Options) > 0) {
		return invalid("SingleSelectOptions", "must be given with a field of the type %s, and only then", selectField)
	}
	if f.Required && f.Default == nil && (f.ReadOnly || f.Invisible) {
		return invalid("Constraints", "field %q is required, and nobody can fill it in", f.Name)
	}
	if f.Default == nil {
		return nil
	}
	if err := text("DefaultValue", *f.Default, 0, fieldValueMax); err != nil {
		return err
	}
	if !Fits(f, *f.Default) {
		return invalid("DefaultValue", "of field %q is no %s", f.Name, f.Type)
	}
	return nil
}

// Fits reports whether a value is one of the field's type. An empty value says nothing and fits all.
func Fits(f center.TaskField, value string) bool {
	if value == "" {
		return true
	}
	switch f.Type {
	case selectField:
		return slices.Contains(f.Options, value)
	case "NUMBER", "EXPIRY_DURATION":
		_, err := strconv.ParseFloat(value, 64)
		return err == nil && strings.Trim(value, "0123456789+-.eE") == "" // no NaN, no hex digits
	case "BOOLEAN":
		return value == "true" || value == "false"
	case "EMAIL":
		return isEmail(value)
	case "URL":
		scheme, rest, ok := strings.Cut(value, "://")
		return ok && scheme != "" && rest != "" && !strings.ContainsFunc(value, unicode.IsSpace)
	case "DATE_TIME", "SCHEDULED_TIME":
		_, err := time.Parse(time.RFC3339, value)
		return err == nil
	}
	return true
}
