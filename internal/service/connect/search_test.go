package connect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
)

func exact(field, value string) *types.StringCondition {
	return &types.StringCondition{FieldName: &field, Value: &value, ComparisonType: types.StringComparisonTypeExact}
}

func like(field, value string, kind types.StringComparisonType) *types.StringCondition {
	return &types.StringCondition{FieldName: &field, Value: &value, ComparisonType: kind}
}

func tag(key, value string) types.TagCondition {
	return types.TagCondition{TagKey: &key, TagValue: &value}
}

// TestSearchUsers goes through every kind of condition; the other searches share all of it but the fields.
func TestSearchUsers(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	n.submit(t, center.SetHierarchy{Names: []string{"Site", "Team"}})
	group := func(name string, parent *string) *string {
		return must(c.CreateUserHierarchyGroup(ctx, &awsconnect.CreateUserHierarchyGroupInput{InstanceId: n.id, Name: &name, ParentGroupId: parent}))(t).HierarchyGroupId
	}
	site := group("Berlin", nil)
	team := group("Night", site)
	n.submit(t, center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: "language", Values: []string{"English", "French"}}})
	ids := map[string]string{}
	for i, u := range []struct {
		name, first string
		group       *string
		tags        map[string]string
		skills      []center.Proficiency
	}{
		{"ann", "Ann", site, map[string]string{"dept": "a", "shift": "day"}, []center.Proficiency{{Attribute: "language", Value: "English", Level: 5}, {Attribute: "language", Value: "French", Level: 1}}},
		{"bob", "Bob", team, map[string]string{"dept": "a"}, []center.Proficiency{{Attribute: "language", Value: "French", Level: 4}}},
		{"bobby", "Bobby", team, map[string]string{"dept": "b"}, nil},
		{"cid", "Cid", nil, nil, nil},
	} {
		in := n.newUser(u.name)
		in.IdentityInfo.FirstName, in.HierarchyGroupId, in.Tags = &u.first, u.group, u.tags
		in.PhoneConfig.AfterContactWorkTimeLimit = int32(i)
		id := must(c.CreateUser(ctx, in))(t).UserId
		n.submit(t, center.ChangeProficiencies{User: center.AgentID(*id), Add: u.skills})
		ids[u.name] = *id
	}
	skill := func(conditions ...types.Condition) *types.UserSearchCriteria {
		return &types.UserSearchCriteria{ListCondition: &types.ListCondition{TargetListType: types.TargetListTypeProficiencies, Conditions: conditions}}
	}
	limit := func(kind types.NumberComparisonType, low, high *int32) types.Condition {
		return types.Condition{NumberCondition: &types.NumberCondition{FieldName: aws.String("limit"), ComparisonType: kind, MinValue: low, MaxValue: high}}
	}
	text := func(c *types.StringCondition) types.Condition { return types.Condition{StringCondition: c} }
	criteria := func(c *types.StringCondition) types.UserSearchCriteria {
		return types.UserSearchCriteria{StringCondition: c}
	}
	in := func(group *string, kind types.HierarchyGroupMatchType) *types.HierarchyGroupCondition {
		return &types.HierarchyGroupCondition{Value: group, HierarchyGroupMatchType: kind}
	}
	five, three, one := aws.Int32(5), aws.Int32(3), aws.Int32(1)
	for _, s := range []struct {
		name     string
		criteria *types.UserSearchCriteria
		filter   *types.UserSearchFilter
		want     string
	}{
		{"all", nil, nil, "ann bob bobby cid"},
		{"nothing said", &types.UserSearchCriteria{}, nil, "ann bob bobby cid"},
		{"exact", &types.UserSearchCriteria{StringCondition: exact("Username", "bob")}, nil, "bob"},
		{"exact means the case too", &types.UserSearchCriteria{StringCondition: exact("Username", "BOB")}, nil, ""},
		{"starts with", &types.UserSearchCriteria{StringCondition: like("FirstName", "BOB", types.StringComparisonTypeStartsWith)}, nil, "bob bobby"},
		{"contains", &types.UserSearchCriteria{StringCondition: like("username", "bby", types.StringComparisonTypeContains)}, nil, "bobby"},
		{"by id", &types.UserSearchCriteria{StringCondition: exact("resourceId", ids["cid"])}, nil, "cid"},
		{"by routing profile", &types.UserSearchCriteria{StringCondition: exact("RoutingProfileId", *n.profile)}, nil, "ann bob bobby cid"},
		{"by security profile", &types.UserSearchCriteria{StringCondition: exact("SecurityProfileId", "other")}, nil, ""},
		{"or", &types.UserSearchCriteria{OrConditions: []types.UserSearchCriteria{criteria(exact("Username", "ann")), criteria(exact("Username", "cid"))}}, nil, "ann cid"},
		{"and", &types.UserSearchCriteria{AndConditions: []types.UserSearchCriteria{criteria(like("Username", "bo", types.StringComparisonTypeContains)), criteria(exact("FirstName", "Bobby"))}}, nil, "bobby"},
		{"or within and", &types.UserSearchCriteria{AndConditions: []types.UserSearchCriteria{
			{OrConditions: []types.UserSearchCriteria{criteria(exact("Username", "ann")), criteria(exact("Username", "bob"))}}, criteria(exact("LastName", "Ree")), criteria(exact("FirstName", "Bob"))}}, nil, "bob"},
		{"a group", &types.UserSearchCriteria{HierarchyGroupCondition: in(site, types.HierarchyGroupMatchTypeExact)}, nil, "ann"},
		{"a group and those below", &types.UserSearchCriteria{HierarchyGroupCondition: in(site, types.HierarchyGroupMatchTypeWithChildGroups)}, nil, "ann bob bobby"},
		{"a proficiency", skill(text(exact("name", "language")), text(exact("value", "French"))), nil, "ann bob"},
		{"a proficiency of a level", skill(text(exact("value", "French")), limit(types.NumberComparisonTypeGreaterOrEqual, three, nil)), nil, "bob"},
		{"below a level", skill(text(exact("value", "French")), limit(types.NumberComparisonTypeLesser, nil, three)), nil, "ann"},
		{"of one level", skill(limit(types.NumberComparisonTypeEqual, five, nil)), nil, "ann"},
		{"between two levels", skill(limit(types.NumberComparisonTypeRange, three, five), text(exact("value", "French"))), nil, "bob"},
		{"a tag", nil, &types.UserSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: ptr(tag("dept", "a"))}}, "ann bob"},
		{"a tag whatever its value", nil, &types.UserSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: &types.TagCondition{TagKey: aws.String("dept")}}}, "ann bob bobby"},
		{"tags together", nil, &types.UserSearchFilter{TagFilter: &types.ControlPlaneTagFilter{AndConditions: []types.TagCondition{tag("dept", "a"), tag("shift", "day")}}}, "ann"},
		{"either tag", nil, &types.UserSearchFilter{TagFilter: &types.ControlPlaneTagFilter{OrConditions: [][]types.TagCondition{{tag("dept", "b")}, {tag("dept", "a"), tag("shift", "day")}}}}, "ann bobby"},
		{"filtered by group", nil, &types.UserSearchFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{HierarchyGroupCondition: in(team, types.HierarchyGroupMatchTypeExact)}}, "bob bobby"},
		{"filtered by group and tag", nil, &types.UserSearchFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{AndCondition: &types.AttributeAndCondition{
			TagConditions: []types.TagCondition{tag("dept", "a")}, HierarchyGroupCondition: in(team, types.HierarchyGroupMatchTypeExact)}}}, "bob"},
		{"filtered by either", nil, &types.UserSearchFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{OrConditions: []types.AttributeAndCondition{
			{TagConditions: []types.TagCondition{tag("dept", "b")}}, {HierarchyGroupCondition: in(site, types.HierarchyGroupMatchTypeExact)}}}}, "ann bobby"},
		{"criteria and filter", &types.UserSearchCriteria{StringCondition: like("Username", "bob", types.StringComparisonTypeStartsWith)},
			&types.UserSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: ptr(tag("dept", "a"))}}, "bob"},
	} {
		var names []string
		total := int64(-1)
		for pages := awsconnect.NewSearchUsersPaginator(c, &awsconnect.SearchUsersInput{InstanceId: n.id, SearchCriteria: s.criteria, SearchFilter: s.filter, MaxResults: aws.Int32(2)}); pages.HasMorePages(); {
			page := must(pages.NextPage(ctx))(t)
			for _, u := range page.Users {
				names = append(names, *u.Username)
			}
			total = *page.ApproximateTotalCount
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != s.want || total != int64(len(names)) {
			t.Errorf("%s: got %q of %d, want %q", s.name, got, total, s.want)
		}
	}
	bobby := must(c.SearchUsers(ctx, &awsconnect.SearchUsersInput{InstanceId: n.id, SearchCriteria: &types.UserSearchCriteria{StringCondition: exact("Username", "bobby")}}))(t).Users[0]
	same(t, bobby, types.UserSearchSummary{
		Arn: aws.String(n.arn + "/agent/" + ids["bobby"]), Id: aws.String(ids["bobby"]), Username: aws.String("bobby"), HierarchyGroupId: team, RoutingProfileId: n.profile,
		IdentityInfo: &types.UserIdentityInfoLite{FirstName: aws.String("Bobby"), LastName: aws.String("Ree")}, SecurityProfileIds: []string{*n.agent}, Tags: map[string]string{"dept": "b"},
		PhoneConfig: &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone, AfterContactWorkTimeLimit: 2000},
	})

	many := make([]types.UserSearchCriteria, conditionsMax)
	for _, s := range []struct {
		words    string
		criteria *types.UserSearchCriteria
		filter   *types.UserSearchFilter
	}{
		{"cannot be searched by", &types.UserSearchCriteria{StringCondition: exact("Shoe", "9")}, nil},
		{"ComparisonType", &types.UserSearchCriteria{StringCondition: like("Username", "x", "")}, nil},
		{"2 to 25", &types.UserSearchCriteria{StringCondition: like("Username", "x", types.StringComparisonTypeContains)}, nil},
		{"HierarchyGroupMatchType", &types.UserSearchCriteria{HierarchyGroupCondition: in(site, "")}, nil},
		{"TargetListType", &types.UserSearchCriteria{ListCondition: &types.ListCondition{}}, nil},
		{"cannot be searched by", skill(types.Condition{NumberCondition: &types.NumberCondition{FieldName: aws.String("x"), MinValue: one}}), nil},
		{"both with RANGE", skill(limit(types.NumberComparisonTypeRange, one, nil)), nil},
		{"at most 100 conditions", &types.UserSearchCriteria{OrConditions: many}, nil},
		{"only one member", nil, &types.UserSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: ptr(tag("a", "b")), AndConditions: []types.TagCondition{tag("a", "b")}}}},
		{"at most 25", nil, &types.UserSearchFilter{TagFilter: &types.ControlPlaneTagFilter{AndConditions: slices.Repeat([]types.TagCondition{tag("a", "b")}, filterTagsMax+1)}}},
		{"only one member", nil, &types.UserSearchFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{TagCondition: ptr(tag("a", "b")), HierarchyGroupCondition: in(site, types.HierarchyGroupMatchTypeExact)}}},
		{"20 hierarchy", nil, &types.UserSearchFilter{UserAttributeFilter: &types.ControlPlaneUserAttributeFilter{
			OrConditions: slices.Repeat([]types.AttributeAndCondition{{HierarchyGroupCondition: in(site, types.HierarchyGroupMatchTypeExact)}}, filterHierarchyMax+1)}}},
	} {
		_, err := c.SearchUsers(ctx, &awsconnect.SearchUsersInput{InstanceId: n.id, SearchCriteria: s.criteria, SearchFilter: s.filter})
		refused(t, err, "InvalidParameterException", 400, s.words)
	}
	must(c.SearchUsers(ctx, &awsconnect.SearchUsersInput{InstanceId: n.id, SearchCriteria: &types.UserSearchCriteria{OrConditions: many[1:]}}))(t)
}

// TestSearches asks each of the other searches for one thing by each field, and by its tag.
func TestSearches(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c, tags := t.Context(), n.client, map[string]string{"team": "x"}
	name, about := aws.String("needle"), aws.String("what we look for")
	filter := &types.ControlPlaneTagFilter{TagCondition: ptr(tag("team", "x"))}
	attributes := &types.ControlPlaneAttributeFilter{TagCondition: ptr(tag("team", "x"))}
	n.user(t, "ann") // whose queue is no standard one

	queue := must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: name, Description: about, HoursOfOperationId: n.hours, Tags: tags}))(t).QueueId
	profile := must(c.CreateRoutingProfile(ctx, &awsconnect.CreateRoutingProfileInput{InstanceId: n.id, Name: name, Description: about, DefaultOutboundQueueId: queue, Tags: tags,
		MediaConcurrencies: []types.MediaConcurrency{{Channel: types.ChannelVoice, Concurrency: aws.Int32(1)}},
		QueueConfigs:       []types.RoutingProfileQueueConfig{{Priority: aws.Int32(1), Delay: aws.Int32(0), QueueReference: &types.RoutingProfileQueueReference{QueueId: queue, Channel: types.ChannelVoice}}}}))(t).RoutingProfileId
	security := must(c.CreateSecurityProfile(ctx, &awsconnect.CreateSecurityProfileInput{InstanceId: n.id, SecurityProfileName: name, Description: about, Tags: tags}))(t).SecurityProfileId
	hours := must(c.CreateHoursOfOperation(ctx, &awsconnect.CreateHoursOfOperationInput{InstanceId: n.id, Name: name, Description: about, TimeZone: aws.String("Asia/Tokyo"), Config: []types.HoursOfOperationConfig{}, Tags: tags}))(t).HoursOfOperationId
	override := must(c.CreateHoursOfOperationOverride(ctx, &awsconnect.CreateHoursOfOperationOverrideInput{InstanceId: n.id, HoursOfOperationId: hours, Name: name, Description: about,
		EffectiveFrom: aws.String("2026-05-01"), EffectiveTill: aws.String("2026-05-02"), Config: []types.HoursOfOperationOverrideConfig{}}))(t).HoursOfOperationOverrideId
	must(c.CreateHoursOfOperationOverride(ctx, &awsconnect.CreateHoursOfOperationOverrideInput{InstanceId: n.id, HoursOfOperationId: n.hours, Name: aws.String("hay"),
		EffectiveFrom: aws.String("2026-06-01"), EffectiveTill: aws.String("2026-06-02"), Config: []types.HoursOfOperationOverrideConfig{}}))(t)
	connect := must(c.CreateQuickConnect(ctx, &awsconnect.CreateQuickConnectInput{InstanceId: n.id, Name: name, Description: about, Tags: tags,
		QuickConnectConfig: &types.QuickConnectConfig{QuickConnectType: types.QuickConnectTypePhoneNumber, PhoneConfig: &types.PhoneNumberQuickConnectConfig{PhoneNumber: aws.String("+12065550100")}}}))(t).QuickConnectId
	must(c.CreateQuickConnect(ctx, &awsconnect.CreateQuickConnectInput{InstanceId: n.id, Name: aws.String("hay"),
		QuickConnectConfig: &types.QuickConnectConfig{QuickConnectType: types.QuickConnectTypePhoneNumber, PhoneConfig: &types.PhoneNumberQuickConnectConfig{PhoneNumber: aws.String("+12065550100")}}}))(t)
	for _, a := range []string{"needle", "hay"} {
		n.submit(t, center.CreateAttribute{Attribute: center.PredefinedAttribute{Name: a, Values: []string{a + "s"}}})
	}
	status := must(c.CreateAgentStatus(ctx, &awsconnect.CreateAgentStatusInput{InstanceId: n.id, Name: name, Description: about, State: types.AgentStatusStateDisabled, DisplayOrder: aws.Int32(44), Tags: tags}))(t).AgentStatusId
	n.submit(t, center.SetHierarchy{Names: []string{"Site", "Team"}})
	site := must(c.CreateUserHierarchyGroup(ctx, &awsconnect.CreateUserHierarchyGroupInput{InstanceId: n.id, Name: aws.String("hay")}))(t).HierarchyGroupId
	group := must(c.CreateUserHierarchyGroup(ctx, &awsconnect.CreateUserHierarchyGroupInput{InstanceId: n.id, Name: name, ParentGroupId: site, Tags: tags}))(t).HierarchyGroupId
	level := must(c.DescribeUserHierarchyGroup(ctx, &awsconnect.DescribeUserHierarchyGroupInput{InstanceId: n.id, HierarchyGroupId: group}))(t).HierarchyGroup.LevelId

	basics := func(id *string) []*types.StringCondition {
		return []*types.StringCondition{exact("name", "needle"), like("description", "look", types.StringComparisonTypeContains), exact("resourceID", *id)}
	}
	for _, s := range []struct {
		kind   string
		texts  []*types.StringCondition // by each of which the needle is found; nil: by its tag
		search func(*types.StringCondition) (items any, total *int64, err error)
		want   any
	}{
		{"queues", basics(queue), func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchQueuesInput{InstanceId: n.id, SearchFilter: &types.QueueSearchFilter{TagFilter: filter}}
			if text != nil {
				in.SearchFilter, in.SearchCriteria = nil, &types.QueueSearchCriteria{StringCondition: text, QueueTypeCondition: types.SearchableQueueTypeStandard}
			}
			out, err := c.SearchQueues(ctx, in)
			return out.Queues, out.ApproximateTotalCount, err
		}, must(c.DescribeQueue(ctx, &awsconnect.DescribeQueueInput{InstanceId: n.id, QueueId: queue}))(t).Queue},
		{"routing profiles", append(basics(profile), exact("associatedQueueIds", *queue)), func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchRoutingProfilesInput{InstanceId: n.id, SearchFilter: &types.RoutingProfileSearchFilter{TagFilter: filter}}
			if text != nil {
				in.SearchFilter, in.SearchCriteria = nil, &types.RoutingProfileSearchCriteria{StringCondition: text}
			}
			out, err := c.SearchRoutingProfiles(ctx, in)
			return out.RoutingProfiles, out.ApproximateTotalCount, err
		}, must(c.DescribeRoutingProfile(ctx, &awsconnect.DescribeRoutingProfileInput{InstanceId: n.id, RoutingProfileId: profile}))(t).RoutingProfile},
		{"security profiles", basics(security), func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchSecurityProfilesInput{InstanceId: n.id, SearchFilter: &types.SecurityProfilesSearchFilter{TagFilter: filter}}
			if text != nil {
				in.SearchFilter, in.SearchCriteria = nil, &types.SecurityProfileSearchCriteria{StringCondition: text}
			}
			out, err := c.SearchSecurityProfiles(ctx, in)
			return out.SecurityProfiles, out.ApproximateTotalCount, err
		}, types.SecurityProfileSearchSummary{Id: security, Arn: aws.String(n.arn + "/security-profile/" + *security), OrganizationResourceId: n.id, SecurityProfileName: name, Description: about, Tags: tags}},
		{"hours", append(basics(hours), exact("timezone", "Asia/Tokyo")), func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchHoursOfOperationsInput{InstanceId: n.id, SearchFilter: &types.HoursOfOperationSearchFilter{TagFilter: filter}}
			if text != nil {
				in.SearchFilter, in.SearchCriteria = nil, &types.HoursOfOperationSearchCriteria{StringCondition: text}
			}
			out, err := c.SearchHoursOfOperations(ctx, in)
			return out.HoursOfOperations, out.ApproximateTotalCount, err
		}, must(c.DescribeHoursOfOperation(ctx, &awsconnect.DescribeHoursOfOperationInput{InstanceId: n.id, HoursOfOperationId: hours}))(t).HoursOfOperation},
		{"overrides", basics(override), func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchHoursOfOperationOverridesInput{InstanceId: n.id, SearchFilter: &types.HoursOfOperationSearchFilter{TagFilter: filter}}
			if text != nil {
				in.SearchFilter, in.SearchCriteria = nil, &types.HoursOfOperationOverrideSearchCriteria{StringCondition: text,
					DateCondition: &types.DateCondition{FieldName: aws.String("EffectiveFrom"), Value: aws.String("2026-06-01"), ComparisonType: types.DateComparisonTypeLessThan}}
			}
			out, err := c.SearchHoursOfOperationOverrides(ctx, in)
			return out.HoursOfOperationOverrides, out.ApproximateTotalCount, err
		}, must(c.DescribeHoursOfOperationOverride(ctx, &awsconnect.DescribeHoursOfOperationOverrideInput{InstanceId: n.id, HoursOfOperationId: hours, HoursOfOperationOverrideId: override}))(t).HoursOfOperationOverride},
		{"quick connects", basics(connect), func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchQuickConnectsInput{InstanceId: n.id, SearchFilter: &types.QuickConnectSearchFilter{TagFilter: filter}}
			if text != nil {
				in.SearchFilter, in.SearchCriteria = nil, &types.QuickConnectSearchCriteria{StringCondition: text}
			}
			out, err := c.SearchQuickConnects(ctx, in)
			return out.QuickConnects, out.ApproximateTotalCount, err
		}, must(c.DescribeQuickConnect(ctx, &awsconnect.DescribeQuickConnectInput{InstanceId: n.id, QuickConnectId: connect}))(t).QuickConnect},
		{"predefined attributes", []*types.StringCondition{exact("name", "needle"), like("value", "needles", types.StringComparisonTypeStartsWith)}, func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchPredefinedAttributesInput{InstanceId: n.id, SearchCriteria: &types.PredefinedAttributeSearchCriteria{StringCondition: text}}
			if text == nil {
				in.SearchCriteria.StringCondition = exact("name", "needle") // they have no tags
			}
			out, err := c.SearchPredefinedAttributes(ctx, in)
			return out.PredefinedAttributes, out.ApproximateTotalCount, err
		}, must(c.DescribePredefinedAttribute(ctx, &awsconnect.DescribePredefinedAttributeInput{InstanceId: n.id, Name: name}))(t).PredefinedAttribute},
		{"agent statuses", append(basics(status), exact("state", "DISABLED"), exact("type", "CUSTOM"), exact("displayOrder", "44")), func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchAgentStatusesInput{InstanceId: n.id, SearchFilter: &types.AgentStatusSearchFilter{AttributeFilter: attributes}}
			if text != nil {
				in.SearchFilter, in.SearchCriteria = nil, &types.AgentStatusSearchCriteria{StringCondition: text}
			}
			out, err := c.SearchAgentStatuses(ctx, in)
			return out.AgentStatuses, out.ApproximateTotalCount, err
		}, must(c.DescribeAgentStatus(ctx, &awsconnect.DescribeAgentStatusInput{InstanceId: n.id, AgentStatusId: status}))(t).AgentStatus},
		{"hierarchy groups", []*types.StringCondition{exact("name", "needle"), exact("parentId", *site), exact("levelId", *level), exact("resourceID", *group)}, func(text *types.StringCondition) (any, *int64, error) {
			in := &awsconnect.SearchUserHierarchyGroupsInput{InstanceId: n.id, SearchFilter: &types.UserHierarchyGroupSearchFilter{AttributeFilter: &types.ControlPlaneAttributeFilter{
				OrConditions: []types.CommonAttributeAndCondition{{TagConditions: []types.TagCondition{tag("team", "y")}}, {TagConditions: []types.TagCondition{tag("team", "x")}}}}}}
			if text != nil {
				in.SearchFilter, in.SearchCriteria = nil, &types.UserHierarchyGroupSearchCriteria{StringCondition: text}
			}
			out, err := c.SearchUserHierarchyGroups(ctx, in)
			return out.UserHierarchyGroups, out.ApproximateTotalCount, err
		}, must(c.DescribeUserHierarchyGroup(ctx, &awsconnect.DescribeUserHierarchyGroupInput{InstanceId: n.id, HierarchyGroupId: group}))(t).HierarchyGroup},
	} {
		for i, text := range append(s.texts, nil) {
			items, total, err := s.search(text)
			if err != nil {
				t.Errorf("%s %d: %v", s.kind, i, err)
				continue
			}
			if got, want := shown(t, items), "["+shown(t, s.want)+"]"; got != want || *total != 1 {
				t.Errorf("%s by condition %d: %d found:\n%s\nwant\n%s", s.kind, i, *total, got, want)
			}
		}
	}
}

func TestSearchFlows(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c, tags := t.Context(), n.client, map[string]string{"team": "x"}
	made := must(c.CreateContactFlow(ctx, &awsconnect.CreateContactFlowInput{InstanceId: n.id, Name: aws.String("needle"), Description: aws.String("found"), Type: types.ContactFlowTypeContactFlow,
		Content: aws.String("{}"), Status: types.ContactFlowStatusSaved, Tags: tags}))(t).ContactFlowId
	for _, name := range []string{"needle", "hay"} {
		in := &awsconnect.CreateContactFlowModuleInput{InstanceId: n.id, Name: &name, Content: aws.String(module)}
		if name == "needle" {
			in.Tags = tags
		}
		must(c.CreateContactFlowModule(ctx, in))(t)
	}
	typ := types.ContactFlowTypeContactFlow
	by := func(c types.ContactFlowSearchCriteria) *awsconnect.SearchContactFlowsInput {
		return &awsconnect.SearchContactFlowsInput{InstanceId: n.id, SearchCriteria: &c}
	}
	filtered := func(f types.ContactFlowAttributeFilter) *awsconnect.SearchContactFlowsInput {
		return &awsconnect.SearchContactFlowsInput{InstanceId: n.id, SearchFilter: &types.ContactFlowSearchFilter{FlowAttributeFilter: &f}}
	}
	ofType := &types.ContactFlowTypeCondition{ContactFlowType: typ}
	want := must(c.DescribeContactFlow(ctx, &awsconnect.DescribeContactFlowInput{InstanceId: n.id, ContactFlowId: aws.String(*made + ":$SAVED")}))(t).ContactFlow
	for i, in := range []*awsconnect.SearchContactFlowsInput{
		by(types.ContactFlowSearchCriteria{StringCondition: exact("name", "needle")}),
		by(types.ContactFlowSearchCriteria{StatusCondition: types.ContactFlowStatusSaved, StateCondition: types.ContactFlowStateActive, TypeCondition: typ}),
		filtered(types.ContactFlowAttributeFilter{TagCondition: ptr(tag("team", "x"))}),
		filtered(types.ContactFlowAttributeFilter{AndCondition: &types.ContactFlowAttributeAndCondition{TagConditions: []types.TagCondition{tag("team", "x")}, ContactFlowTypeCondition: ofType}}),
		{InstanceId: n.id, SearchFilter: &types.ContactFlowSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: ptr(tag("team", "x"))}}},
	} {
		got := must(c.SearchContactFlows(ctx, in))(t)
		if *got.ApproximateTotalCount != 1 || shown(t, got.ContactFlows[0]) != shown(t, want) {
			t.Errorf("%d: found %s", i, shown(t, got))
		}
	}
	all := must(c.ListContactFlows(ctx, &awsconnect.ListContactFlowsInput{InstanceId: n.id, ContactFlowTypes: []types.ContactFlowType{typ}}))(t).ContactFlowSummaryList
	if got := must(c.SearchContactFlows(ctx, filtered(types.ContactFlowAttributeFilter{ContactFlowTypeCondition: ofType})))(t); len(got.ContactFlows) != len(all) {
		t.Errorf("%d flows of a type, of %d", len(got.ContactFlows), len(all))
	}
	_, err := c.SearchContactFlows(ctx, filtered(types.ContactFlowAttributeFilter{ContactFlowTypeCondition: ofType, TagCondition: ptr(tag("a", "b"))}))
	refused(t, err, "InvalidParameterException", 400, "only one member")
	for i, in := range []*awsconnect.SearchContactFlowModulesInput{
		{InstanceId: n.id, SearchCriteria: &types.ContactFlowModuleSearchCriteria{StringCondition: like("name", "need", types.StringComparisonTypeStartsWith), StatusCondition: types.ContactFlowModuleStatusPublished}},
		{InstanceId: n.id, SearchFilter: &types.ContactFlowModuleSearchFilter{TagFilter: &types.ControlPlaneTagFilter{TagCondition: ptr(tag("team", "x"))}}},
	} {
		if got := must(c.SearchContactFlowModules(ctx, in))(t); *got.ApproximateTotalCount != 1 || *got.ContactFlowModules[0].Name != "needle" {
			t.Errorf("modules %d: found %s", i, shown(t, got))
		}
	}
}

func TestSearchResourceTags(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	for i := range 3 {
		must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: aws.String(fmt.Sprint("q", i)), HoursOfOperationId: n.hours, Tags: map[string]string{"team": fmt.Sprint(i % 2), "all": "1"}}))(t)
	}
	must(c.TagResource(ctx, &awsconnect.TagResourceInput{ResourceArn: aws.String(n.arn + "/agent-state/" + *n.available), Tags: map[string]string{"state": "s"}}))(t)
	found := func(in awsconnect.SearchResourceTagsInput) (all []string) {
		in.InstanceId, in.MaxResults = n.id, aws.Int32(1)
		for pages := awsconnect.NewSearchResourceTagsPaginator(c, &in); pages.HasMorePages(); {
			for _, t := range must(pages.NextPage(ctx))(t).Tags {
				all = append(all, *t.Key+"="+*t.Value)
			}
		}
		return all
	}
	same(t, found(awsconnect.SearchResourceTagsInput{}), []string{"all=1", "state=s", "team=0", "team=1"})
	same(t, found(awsconnect.SearchResourceTagsInput{ResourceTypes: []string{"agent-state"}}), []string{"state=s"})
	same(t, found(awsconnect.SearchResourceTagsInput{SearchCriteria: &types.ResourceTagsSearchCriteria{TagSearchCondition: &types.TagSearchCondition{
		TagKey: aws.String("te"), TagKeyComparisonType: types.StringComparisonTypeStartsWith, TagValue: aws.String("1"), TagValueComparisonType: types.StringComparisonTypeExact}}}), []string{"team=1"})
	_, err := c.SearchResourceTags(ctx, &awsconnect.SearchResourceTagsInput{InstanceId: n.id, ResourceTypes: []string{"car"}})
	refused(t, err, "InvalidParameterException", 400, "car")
}
