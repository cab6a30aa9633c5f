package connect

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// referenceTypes are the types of references that hold what custom fields of task templates hold. Others are strings.
var referenceTypes = map[string]string{"URL": "URL", "NUMBER": "NUMBER", "DATE_TIME": "DATE", "EMAIL": "EMAIL"}

// fromTemplate fills a task in from a template: its flow, and the defaults of fields that have no value. Values of custom
// fields are references, or attributes, of the field's name.
func fromTemplate(d *directory.Directory, in *connectapi.StartTaskContactInput, cmd *center.StartTask) error {
	t, ok := d.Templates[id[center.TaskTemplateID](in.TaskTemplateId)]
	switch {
	case !ok:
		return notFound(center.KindTaskTemplate, value(in.TaskTemplateId))
	case t.Status != "ACTIVE":
		return invalidRequest("TaskTemplateId: the task template is not active")
	case t.Flow != "" && in.ContactFlowId != nil:
		return invalidRequest("ContactFlowId: the task template has a flow of its own")
	case t.Flow != "":
		cmd.Flow = t.Flow
	}
	cmd.Template = &center.TaskTemplateRef{ID: t.ID, Name: t.Name}
	for _, f := range t.Fields {
		if err := fillIn(f, cmd, in); err != nil {
			return err
		}
	}
	slices.SortFunc(cmd.References, func(a, b center.Reference) int { return strings.Compare(a.Name, b.Name) })
	return nil
}

// fillIn holds the value of one field to the template, or sets its default.
func fillIn(f center.TaskField, cmd *center.StartTask, in *connectapi.StartTaskContactInput) error {
	given, ok := given(f, cmd, in)
	switch {
	case ok && f.ReadOnly && given != value(f.Default):
		return invalidRequest("The field %q of the task template is read-only", f.Name)
	case ok && !directory.Fits(f, given):
		return invalidRequest("The field %q of the task template takes a %s", f.Name, f.Type)
	case ok:
		return nil
	case f.Default == nil && f.Required:
		return invalidRequest("The field %q of the task template is required", f.Name)
	case f.Default == nil || *f.Default == "":
		return nil
	}
	return preset(f, *f.Default, cmd, in)
}

// given returns the value that a task was started with for a field.
func given(f center.TaskField, cmd *center.StartTask, in *connectapi.StartTaskContactInput) (string, bool) {
	switch f.Type {
	case "NAME":
		return cmd.Name, cmd.Name != ""
	case "DESCRIPTION":
		return cmd.Description, cmd.Description != ""
	case "SCHEDULED_TIME":
		return cmd.ScheduledAt.Format(time.RFC3339), !cmd.ScheduledAt.IsZero()
	case "QUICK_CONNECT":
		return value(in.QuickConnectId), in.QuickConnectId != nil
	case "EXPIRY_DURATION":
		return strconv.Itoa(int(cmd.Expiry / time.Minute)), cmd.Expiry != 0
	}
	i := slices.IndexFunc(cmd.References, func(r center.Reference) bool { return r.Name == f.Name })
	if i >= 0 {
		return cmd.References[i].Value, true
	}
	v, ok := cmd.Attributes[f.Name]
	return v, ok
}

// preset sets the default of a field.
func preset(f center.TaskField, v string, cmd *center.StartTask, in *connectapi.StartTaskContactInput) error {
	switch f.Type {
	case "NAME":
		cmd.Name = v
	case "DESCRIPTION":
		cmd.Description = v
	case "SCHEDULED_TIME":
		cmd.ScheduledAt, _ = time.Parse(time.RFC3339, v) // was checked when the template was saved
	case "QUICK_CONNECT":
		in.QuickConnectId = &v
	case "EXPIRY_DURATION":
		minutes, err := strconv.Atoi(v)
		if err != nil {
			return invalidRequest("The field %q of the task template must be whole minutes", f.Name)
		}
		cmd.Expiry = time.Duration(minutes) * time.Minute
	default:
		typ := referenceTypes[f.Type]
		if typ == "" {
			typ = "STRING"
		}
		cmd.References = append(cmd.References, center.Reference{Name: f.Name, Type: typ, Value: v})
	}
	return nil
}

// throughQuickConnect lets a task go where a quick connect leads.
func throughQuickConnect(d *directory.Directory, in *connectapi.StartTaskContactInput, cmd *center.StartTask) error {
	q, ok := d.Connects[id[center.QuickConnectID](in.QuickConnectId)]
	switch {
	case !ok:
		return notFound(center.KindQuickConnect, value(in.QuickConnectId))
	case q.Type == center.QuickConnectNumber:
		return invalidRequest("QuickConnectId: a task cannot go to a phone number")
	case cmd.Flow != "":
		return invalidRequest("QuickConnectId: the task has a flow already")
	}
	cmd.Flow, cmd.Queue = q.Flow, q.Queue
	if q.User != "" {
		cmd.Queue = center.QueueID(q.User)
	}
	return nil
}
