package directory

import (
	"strings"
	"testing"

	"github.com/hookswitch/hookswitch/internal/center"
)

func TestInstanceRules(t *testing.T) {
	create := func(change func(*center.Instance)) func(*testing.T, *desk) center.Command {
		return func(t *testing.T, k *desk) center.Command {
			k.Directory = New()
			i := testInstance()
			change(&i)
			return center.CreateInstance{Instance: i, Key: testKey}
		}
	}
	attribute := func(typ, value string) func(*testing.T, *desk) center.Command {
		return func(*testing.T, *desk) center.Command { return center.SetInstanceAttribute{Type: typ, Value: value} }
	}
	check(t, []rule{
		{"as it should be", create(func(*center.Instance) {}), want{}},
		{"twice", func(*testing.T, *desk) center.Command {
			return center.CreateInstance{Instance: testInstance(), Key: testKey}
		}, want{reason: center.Conflict, kind: center.KindInstance}},
		{"no id", create(func(i *center.Instance) { i.ID = "" }), bad("InstanceId")},
		{"the ARN of another", create(func(i *center.Instance) { i.ARN += "x" }), bad("InstanceArn")},
		{"no key", func(t *testing.T, k *desk) center.Command {
			k.Directory = New()
			return center.CreateInstance{Instance: testInstance()}
		}, bad("Key")},
		{"unknown identity management", create(func(i *center.Instance) { i.IdentityManagement = "NONE" }), bad("IdentityManagementType")},
		{"no alias", create(func(i *center.Instance) { i.Alias = "" }), want{}},
		{"a directory", create(func(i *center.Instance) {
			i.Alias, i.IdentityManagement, i.DirectoryID = "", "EXISTING_DIRECTORY", "d-0123456789"
		}), want{}},
		{"no directory", create(func(i *center.Instance) { i.IdentityManagement = "EXISTING_DIRECTORY" }), bad("DirectoryId")},
		{"a directory for nothing", create(func(i *center.Instance) { i.DirectoryID = "d-0123456789" }), bad("DirectoryId")},
		{"a directory of another shape", create(func(i *center.Instance) {
			i.IdentityManagement, i.DirectoryID = "EXISTING_DIRECTORY", "d-012345678x"
		}), bad("DirectoryId")},
		{"alias of 45", create(func(i *center.Instance) { i.Alias = strings.Repeat("a", 45) }), want{}},
		{"alias of 46", create(func(i *center.Instance) { i.Alias = strings.Repeat("a", 46) }), bad("InstanceAlias")},
		{"alias like a directory", create(func(i *center.Instance) { i.Alias = "d-1" }), bad("InstanceAlias")},
		{"alias with a hyphen at its end", create(func(i *center.Instance) { i.Alias = "a-" }), bad("InstanceAlias")},
		{"unknown attribute", create(func(i *center.Instance) { i.Attributes["X"] = "true" }), bad("AttributeType")},
		{"attribute not supported", create(func(i *center.Instance) { i.Attributes["HIGH_VOLUME_OUTBOUND"] = "true" }), bad("Value")},

		{"inbound calls off", attribute("INBOUND_CALLS", "false"), want{}},
		{"contact lens stays on", attribute("CONTACT_LENS", "true"), want{}},
		{"flow logs stay off", attribute("CONTACTFLOW_LOGS", "false"), want{}},
		{"flow logs on", attribute("CONTACTFLOW_LOGS", "true"), bad("Value")},
		{"conferences on", attribute("MULTI_PARTY_CONFERENCE", "true"), bad("Value")},
		{"neither true nor false", attribute("INBOUND_CALLS", "yes"), bad("Value")},
		{"no such attribute", attribute("LOUD", "true"), bad("AttributeType")},
	})
}

func TestNothingIsTakenBeforeAnInstanceExistsOrAfterItIsDeleted(t *testing.T) {
	k := &desk{Directory: New()}
	if _, r := k.do(t, center.DeleteInstance{}); got(r) != missing(center.KindInstance) {
		t.Errorf("before: %v", r)
	}
	k = newDesk(t)
	k.must(t, center.DeleteInstance{})
	if _, r := k.do(t, center.CreateQueue{Queue: k.queue(t, "q")}); r == nil || r.Reason != center.Deleted {
		t.Errorf("after: %v", r)
	}
}

func TestCommandsAboutOtherThingsAreLeftAlone(t *testing.T) {
	k := newDesk(t)
	for _, cmd := range []center.Command{center.Wake{}, center.LogIn{}, center.StopContact{}, center.StartTask{}} {
		if events, ok, err := k.Decide(center.Stamp{}, nil, cmd); ok || events != nil || err != nil {
			t.Errorf("Decide(%T) = %v, %v, %v", cmd, events, ok, err)
		}
	}
}
