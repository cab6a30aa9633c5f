package directory

import (
	"maps"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Names of the security profiles that every instance has.
const (
	profileAdmin             = "Admin"
	profileAgent             = "Agent"
	profileCallCenterManager = "CallCenterManager"
	profileQualityAnalyst    = "QualityAnalyst"
)

// securityProfiles returns the security profiles of a new instance. The names are AWS's; the permissions are API names
// from its list of security profile permissions, chosen by what it says the profiles are for, since it publishes no list
// of what each holds.
func securityProfiles() []center.SecurityProfile {
	routing := []string{
		"RoutingPolicies.Create", "RoutingPolicies.Edit", "RoutingPolicies.View",
		"TransferDestinations.Create", "TransferDestinations.Delete", "TransferDestinations.Edit", "TransferDestinations.View",
		"HoursOfOperation.Create", "HoursOfOperation.Delete", "HoursOfOperation.Edit", "HoursOfOperation.View",
		"Queues.Create", "Queues.Edit", "Queues.EnableAndDisable", "Queues.View",
		"TaskTemplates.Create", "TaskTemplates.Delete", "TaskTemplates.Edit", "TaskTemplates.View",
	}
	flows := []string{
		"Prompts.Create", "Prompts.Delete", "Prompts.Edit", "Prompts.View",
		"ContactFlows.Create", "ContactFlows.Delete", "ContactFlows.Edit", "ContactFlows.Publish", "ContactFlows.View",
		"ContactFlowModules.Create", "ContactFlowModules.Delete", "ContactFlowModules.Edit", "ContactFlowModules.Publish", "ContactFlowModules.View",
		"PhoneNumbers.Claim", "PhoneNumbers.Edit", "PhoneNumbers.Release", "PhoneNumbers.View", "ChatTestMode", "Views.View",
	}
	users := []string{
		"Users.Create", "Users.Delete", "Users.Edit", "Users.EditPermission", "Users.View",
		"AgentGrouping.Create", "AgentGrouping.Edit", "AgentGrouping.EnableAndDisable", "AgentGrouping.View",
		"SecurityProfiles.Create", "SecurityProfiles.Delete", "SecurityProfiles.Edit", "SecurityProfiles.View",
		"AgentStates.Create", "AgentStates.Edit", "AgentStates.EnableAndDisable", "AgentStates.View",
	}
	panel := []string{"BasicAgentAccess", "OutboundCallAccess"}
	analytics := []string{
		"AccessMetrics", "RealTimeMetrics.Access", "HistoricalMetrics.Access", "AgentActivityAudit.Access", "ContactSearch.View",
		"ContactAttributes.View", "GraphTrends.View", "Rules.Create", "Rules.Delete", "Rules.Edit", "Rules.View",
		"ListenCallRecordings", "DownloadCallRecordings", "DeleteCallRecordings", "AgentTimeCard.View", "ManagerListenIn",
		"MetricsReports.Create", "MetricsReports.Share", "MetricsReports.Edit", "MetricsReports.Delete", "MetricsReports.View",
	}
	join := func(lists ...[]string) []string {
		var out []string
		for _, l := range lists {
			out = append(out, l...)
		}
		return out
	}
	return []center.SecurityProfile{
		{Name: profileAdmin, Description: "Can perform all actions", Permissions: join(routing, flows, users, panel, analytics)},
		{Name: profileAgent, Description: "Can use the agent panel", Permissions: join(panel, []string{"TransferDestinations.View"})},
		{Name: profileCallCenterManager, Description: "Can manage users, routing and metrics", Permissions: join(routing, users, panel, analytics)},
		{Name: profileQualityAnalyst, Description: "Can review metrics and conversations", Permissions: []string{
			"AccessMetrics", "RealTimeMetrics.Access", "HistoricalMetrics.Access", "ContactSearch.View", "ContactAttributes.View",
			"GraphTrends.View", "ListenCallRecordings", "ManagerListenIn", "MetricsReports.View",
		}},
	}
}

func (q *request) createSecurity(c center.CreateSecurityProfile) ([]center.Event, error) {
	p := c.Profile
	p.ID, p.Tags = "", maps.Clone(p.Tags)
	if err := first(
		text("SecurityProfileName", p.Name, 1, nameMax),
		unique(q.Security, center.KindSecurityProfile, "", p.Name, func(o center.SecurityProfile) string { return o.Name }),
		checkTags(p.Tags),
	); err != nil {
		return nil, err
	}
	// The API model's pattern: ^[ a-zA-Z0-9_@-]+$.
	if strings.ContainsFunc(p.Name, func(r rune) bool {
		return r > 0x7f || !isAlphanumeric(byte(r)) && !strings.ContainsRune(" _@-", r)
	}) {
		return nil, invalid("SecurityProfileName", "must have letters, digits, spaces and any of _@-")
	}
	if len(q.Security) >= securityMax {
		return nil, limit(center.KindSecurityProfile, securityMax)
	}
	return q.saveSecurity(p)
}

func (q *request) updateSecurity(c center.UpdateSecurityProfile) ([]center.Event, error) {
	p, err := find(q.Security, center.KindSecurityProfile, c.ID)
	if err != nil {
		return nil, err
	}
	set(&p.Description, c.Description)
	set(&p.Permissions, c.Permissions)
	return q.saveSecurity(p)
}

// saveSecurity saves a security profile, under a new identity if it has none. Permissions are kept as they are named:
// nobody signs in here, so nothing asks for them, and AWS's list of names grows.
func (q *request) saveSecurity(p center.SecurityProfile) ([]center.Event, error) {
	if err := first(text("Description", p.Description, 0, descriptionMax), texts("Permissions", p.Permissions, permissionsMax, permissionMax)); err != nil {
		return nil, err
	}
	if p.ID == "" {
		p.ID = center.SecurityProfileID(q.ids())
	}
	p.Permissions, p.ModifiedAt = slices.Clone(p.Permissions), q.stamp.At
	return []center.Event{center.SecurityProfileSaved{Profile: p}}, nil
}

// deleteSecurity refuses a profile that users have (ResourceInUseException of DeleteSecurityProfile).
func (q *request) deleteSecurity(c center.DeleteSecurityProfile) ([]center.Event, error) {
	for _, u := range Sorted(q.Users) {
		if slices.Contains(u.SecurityProfiles, c.ID) {
			return nil, inUse(center.KindSecurityProfile, c.ID, "user %s has it", u.ID)
		}
	}
	return deleted(q.Security, center.KindSecurityProfile, c.ID)
}
