package directory

import (
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// attribute is what an instance attribute may be. Changeable ones permit something, or change a thing that cannot be
// seen from outside (voices, early media); a fixed one would switch on what this program does not do.
type attribute struct {
	usual      string // what a new instance has
	changeable bool
}

// attributes are AWS's instance attributes (InstanceAttributeType of the API model) with the values that a new instance
// has there; CONTACT_LENS, EARLY_MEDIA and AUTO_RESOLVE_BEST_VOICES are the ones that start as true (seen in the
// defaults of the Terraform provider).
func attributes() map[string]attribute {
	return map[string]attribute{
		"INBOUND_CALLS":               {"true", true},
		"OUTBOUND_CALLS":              {"true", true},
		"CONTACTFLOW_LOGS":            {"false", false},
		"CONTACT_LENS":                {"true", true},
		"AUTO_RESOLVE_BEST_VOICES":    {"true", true},
		"USE_CUSTOM_TTS_VOICES":       {"false", false},
		"EARLY_MEDIA":                 {"true", true},
		"MULTI_PARTY_CONFERENCE":      {"false", false},
		"HIGH_VOLUME_OUTBOUND":        {"false", false},
		"ENHANCED_CONTACT_MONITORING": {"false", true}, // supervisors may barge; parties stay as they are, that is MULTI_PARTY_CONFERENCE
		"ENHANCED_CHAT_MONITORING":    {"false", false},
		"MULTI_PARTY_CHAT_CONFERENCE": {"false", false},
		"MESSAGE_STREAMING":           {"false", false},
	}
}

// createInstance decides the first step of a journal. Attributes that the command does not give have their usual value.
func (q *request) createInstance(c center.CreateInstance) ([]center.Event, error) {
	i := c.Instance
	if q.Instance.ID != "" {
		return nil, &center.Refused{Reason: center.Conflict, Kind: center.KindInstance, ID: string(q.Instance.ID), Detail: "the journal has its instance already"}
	}
	if i.ID == "" {
		return nil, invalid("InstanceId", "must not be empty")
	}
	if len(c.Key) == 0 {
		return nil, invalid("Key", "must not be empty")
	}
	role, err := serviceRole(i, c.Key)
	if err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"SAML", "CONNECT_MANAGED", "EXISTING_DIRECTORY"}, i.IdentityManagement) {
		return nil, invalid("IdentityManagementType", "must be SAML, CONNECT_MANAGED or EXISTING_DIRECTORY")
	}
	if err := first(checkDirectoryID(i), checkAlias(i.Alias), checkTags(i.Tags)); err != nil {
		return nil, err
	}
	given := i.Attributes
	i.Attributes = map[string]string{}
	for name, a := range attributes() {
		i.Attributes[name] = a.usual
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if err := checkAttribute(name, given[name]); err != nil {
			return nil, err
		}
		i.Attributes[name] = given[name]
	}
	if i.ServiceRole == "" {
		i.ServiceRole = role
	}
	if i.CreatedAt.IsZero() {
		i.CreatedAt = q.stamp.At
	}
	i.Tags = maps.Clone(i.Tags)
	return append([]center.Event{center.InstanceSaved{Instance: i, Key: slices.Clone(c.Key)}}, q.bootstrap(i)...), nil
}

// checkDirectoryID: there is a directory with EXISTING_DIRECTORY, and only then; its id has the pattern ^d-[0-9a-f]{10}$
// (API model).
func checkDirectoryID(i center.Instance) error {
	existing := i.IdentityManagement == "EXISTING_DIRECTORY"
	switch id := i.DirectoryID; {
	case existing != (id != ""):
		return invalid("DirectoryId", "must be given with identity management EXISTING_DIRECTORY, and only then")
	case id != "" && (len(id) != 12 || !strings.HasPrefix(id, "d-") || strings.Trim(id[2:], "0123456789abcdef") != ""):
		return invalid("DirectoryId", "must be d- and ten hex digits")
	}
	return nil
}

// checkAlias holds the pattern of the API model: ^(?!d-)([\da-zA-Z]+)([-]*[\da-zA-Z])*$, 1 to 45 characters. It
// may be empty: the model does not require one.
func checkAlias(a string) error {
	if a == "" {
		return nil
	}
	ok := len(a) <= 45 && !strings.HasPrefix(a, "d-") && a[0] != '-' && a[len(a)-1] != '-'
	for i := range len(a) {
		ok = ok && (isAlphanumeric(a[i]) || a[i] == '-')
	}
	if !ok {
		return invalid("InstanceAlias", "must be 1 to 45 letters, digits and inner hyphens, and must not begin with d-")
	}
	return nil
}

func checkAttribute(name, value string) error {
	a, ok := attributes()[name]
	if !ok {
		return invalid("AttributeType", "%q is no attribute of an instance", name)
	}
	if value != "true" && value != "false" {
		return invalid("Value", "must be true or false")
	}
	if value != a.usual && !a.changeable {
		return invalid("Value", "%s cannot be %s: what it stands for is not supported", name, value)
	}
	return nil
}

func (q *request) setInstanceAttribute(c center.SetInstanceAttribute) ([]center.Event, error) {
	if err := checkAttribute(c.Type, c.Value); err != nil {
		return nil, err
	}
	i := q.Instance
	i.Attributes = map[string]string{c.Type: c.Value}
	for name, value := range q.Instance.Attributes {
		if name != c.Type {
			i.Attributes[name] = value
		}
	}
	return []center.Event{center.InstanceSaved{Instance: i}}, nil
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
