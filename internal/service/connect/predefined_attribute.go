package connect

import (
	"slices"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// refuseValidation refuses to watch over the values that contacts have of an attribute.
func refuseValidation(c *connectapi.InputPredefinedAttributeConfiguration) error {
	return refuseSet(member{"AttributeConfiguration.EnableValueValidationOnAssociation", c != nil && value(c.EnableValueValidationOnAssociation)})
}

func attributeOut(d *directory.Directory, a center.PredefinedAttribute) connectapi.PredefinedAttribute {
	return connectapi.PredefinedAttribute{
		Name: ptr(a.Name), Values: &connectapi.PredefinedAttributeValues{StringList: slices.Clone(a.Values)}, Purposes: slices.Clone(a.Purposes),
		AttributeConfiguration: &connectapi.PredefinedAttributeConfiguration{EnableValueValidationOnAssociation: ptr(false), IsReadOnly: ptr(false)},
		LastModifiedTime:       timestamp(a.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}

func proficienciesIn(list []connectapi.UserProficiency) []center.Proficiency {
	return mapped(list, func(p connectapi.UserProficiency) center.Proficiency {
		return center.Proficiency{Attribute: value(p.AttributeName), Value: value(p.AttributeValue), Level: value(p.Level)}
	})
}
