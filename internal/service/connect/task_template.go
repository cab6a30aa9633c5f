package connect

import (
	"errors"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// templateIn puts a template together from what creating and updating one have in common.
func templateIn(name, description, flow, selfAssign, status *string, fields []connectapi.TaskTemplateField, c *connectapi.TaskTemplateConstraints, d *connectapi.TaskTemplateDefaults) (center.TaskTemplate, error) {
	t := center.TaskTemplate{Name: value(name), Description: value(description), Flow: id[center.FlowID](flow), Status: value(status)}
	if err := refuseSet(member{"SelfAssignFlowId", value(selfAssign) != ""}); err != nil {
		return t, err
	}
	for _, f := range fields {
		t.Fields = append(t.Fields, center.TaskField{Name: value(f.Id.Name), Description: value(f.Description), Type: value(f.Type), Options: f.SingleSelectOptions})
	}
	return t, constrain(t.Fields, c, d)
}

// constrain puts constraints and defaults on the fields that they name.
func constrain(fields []center.TaskField, c *connectapi.TaskTemplateConstraints, d *connectapi.TaskTemplateDefaults) error {
	on := func(field *connectapi.TaskTemplateFieldIdentifier, set func(*center.TaskField)) error {
		if field == nil {
			return invalidParameter("Id: a constraint or default must name a field")
		}
		i := slices.IndexFunc(fields, func(f center.TaskField) bool { return f.Name == value(field.Name) })
		if i < 0 {
			return invalidParameter("Id: there is no field %q", value(field.Name))
		}
		set(&fields[i])
		return nil
	}
	var errs []error
	if c != nil {
		for _, f := range c.RequiredFields {
			errs = append(errs, on(f.Id, func(f *center.TaskField) { f.Required = true }))
		}
		for _, f := range c.ReadOnlyFields {
			errs = append(errs, on(f.Id, func(f *center.TaskField) { f.ReadOnly = true }))
		}
		for _, f := range c.InvisibleFields {
			errs = append(errs, on(f.Id, func(f *center.TaskField) { f.Invisible = true }))
		}
	}
	if d != nil {
		for _, v := range d.DefaultFieldValues {
			errs = append(errs, on(v.Id, func(f *center.TaskField) { f.Default = ptr(value(v.DefaultValue)) }))
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func fieldsOut(fields []center.TaskField) ([]connectapi.TaskTemplateField, *connectapi.TaskTemplateConstraints, *connectapi.TaskTemplateDefaults) {
	c, d := &connectapi.TaskTemplateConstraints{}, &connectapi.TaskTemplateDefaults{}
	out := mapped(fields, func(f center.TaskField) connectapi.TaskTemplateField {
		name := &connectapi.TaskTemplateFieldIdentifier{Name: ptr(f.Name)}
		if f.Required {
			c.RequiredFields = append(c.RequiredFields, connectapi.RequiredFieldInfo{Id: name})
		}
		if f.ReadOnly {
			c.ReadOnlyFields = append(c.ReadOnlyFields, connectapi.ReadOnlyFieldInfo{Id: name})
		}
		if f.Invisible {
			c.InvisibleFields = append(c.InvisibleFields, connectapi.InvisibleFieldInfo{Id: name})
		}
		if f.Default != nil {
			d.DefaultFieldValues = append(d.DefaultFieldValues, connectapi.TaskTemplateDefaultFieldValue{Id: name, DefaultValue: ptr(*f.Default)})
		}
		return connectapi.TaskTemplateField{Id: name, Description: optional(f.Description), Type: ptr(f.Type), SingleSelectOptions: slices.Clone(f.Options)}
	})
	return out, c, d
}

// propertyError words what is wrong with a template as the property that is at fault. It has not been observed which
// refusals AWS words so.
func propertyError(err error) error {
	var wrong *connectapi.InvalidParameterException
	var taken *connectapi.DuplicateResourceException
	reason, message := "INVALID_FORMAT", ""
	switch {
	case errors.As(err, &wrong):
		message = wrong.Message
	case errors.As(err, &taken):
		reason, message = "RESOURCE_NAME_ALREADY_EXISTS", taken.Message
	default:
		return err
	}
	path, _, _ := strings.Cut(message, ":")
	return &connectapi.PropertyValidationException{
		Message: message, PropertyList: []connectapi.PropertyValidationExceptionProperty{{PropertyPath: ptr(path), Reason: ptr(reason), Message: ptr(message)}},
	}
}
