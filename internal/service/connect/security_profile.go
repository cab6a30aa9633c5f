package connect

import "github.com/hookswitch/hookswitch/internal/api/connectapi"

// refuseRestrictions refuses what a security profile would restrict: nobody signs in here, so nothing would be restricted.
func refuseRestrictions(tags map[string]string, tagged, hierarchical []string, group *string, apps []connectapi.Application, modules []connectapi.FlowModule, g *connectapi.GranularAccessControlConfiguration) error {
	return refuseSet(
		member{"AllowedAccessControlTags", len(tags) > 0},
		member{"TagRestrictedResources", len(tagged) > 0},
		member{"HierarchyRestrictedResources", len(hierarchical) > 0},
		member{"AllowedAccessControlHierarchyGroupId", value(group) != ""},
		member{"Applications", len(apps) > 0},
		member{"AllowedFlowModules", len(modules) > 0},
		member{"GranularAccessControlConfiguration", g != nil},
	)
}
