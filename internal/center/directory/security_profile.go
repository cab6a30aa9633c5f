package directory

import "github.com/hookswitch/hookswitch/internal/center"

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
