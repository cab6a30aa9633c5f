package connect

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"
)

// flowOf returns the default flow of a type.
func (n *tenant) flowOf(t testing.TB, typ types.ContactFlowType) *string {
	t.Helper()
	return must(n.client.ListContactFlows(t.Context(), &awsconnect.ListContactFlowsInput{InstanceId: n.id, ContactFlowTypes: []types.ContactFlowType{typ}}))(t).ContactFlowSummaryList[0].Id
}

func TestQuickConnects(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c, ann := t.Context(), n.client, n.user(t, "ann")
	toAgent, toQueue := n.flowOf(t, types.ContactFlowTypeAgentTransfer), n.flowOf(t, types.ContactFlowTypeQueueTransfer)
	configs := map[string]*types.QuickConnectConfig{
		"ann":   {QuickConnectType: types.QuickConnectTypeUser, UserConfig: &types.UserQuickConnectConfig{UserId: ann, ContactFlowId: toAgent}},
		"basic": {QuickConnectType: types.QuickConnectTypeQueue, QueueConfig: &types.QueueQuickConnectConfig{QueueId: n.queue, ContactFlowId: toQueue}},
		"out":   {QuickConnectType: types.QuickConnectTypePhoneNumber, PhoneConfig: &types.PhoneNumberQuickConnectConfig{PhoneNumber: aws.String("+12065550100")}},
		"flow":  {QuickConnectType: types.QuickConnectTypeFlow, FlowConfig: &types.FlowQuickConnectConfig{ContactFlowId: n.flow}},
	}
	describe := func(id *string) *types.QuickConnect {
		return must(c.DescribeQuickConnect(ctx, &awsconnect.DescribeQuickConnectInput{InstanceId: n.id, QuickConnectId: id}))(t).QuickConnect
	}
	ids := map[string]string{}
	for name, config := range configs {
		made := must(c.CreateQuickConnect(ctx, &awsconnect.CreateQuickConnectInput{InstanceId: n.id, Name: &name, Description: aws.String("d"), QuickConnectConfig: config, Tags: map[string]string{"a": "b"}}))(t)
		twice(t, &types.QuickConnect{
			Name: &name, Description: aws.String("d"), QuickConnectId: made.QuickConnectId, QuickConnectARN: aws.String(n.arn + "/transfer-destination/" + *made.QuickConnectId),
			QuickConnectConfig: config, Tags: map[string]string{"a": "b"}, LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
		}, func() *types.QuickConnect { return describe(made.QuickConnectId) })
		same(t, describe(made.QuickConnectARN), describe(made.QuickConnectId))
		ids[name] = *made.QuickConnectId
	}
	for i, wrong := range []*types.QuickConnectConfig{
		{QuickConnectType: types.QuickConnectTypeUser, UserConfig: &types.UserQuickConnectConfig{UserId: ann, ContactFlowId: toQueue}},
		{QuickConnectType: types.QuickConnectTypeQueue, QueueConfig: &types.QueueQuickConnectConfig{QueueId: n.queue, ContactFlowId: n.flow}},
		{QuickConnectType: types.QuickConnectTypeQueue, QueueConfig: configs["basic"].QueueConfig, PhoneConfig: configs["out"].PhoneConfig},
		{QuickConnectType: types.QuickConnectTypePhoneNumber},
		{QuickConnectType: "OTHER"},
		{QuickConnectType: types.QuickConnectTypePhoneNumber, PhoneConfig: &types.PhoneNumberQuickConnectConfig{PhoneNumber: aws.String("0123")}},
	} {
		_, err := c.CreateQuickConnect(ctx, &awsconnect.CreateQuickConnectInput{InstanceId: n.id, Name: aws.String(fmt.Sprint("wrong", i)), QuickConnectConfig: wrong})
		refused(t, err, "InvalidParameterException", 400, "")
	}
	_, err := c.CreateQuickConnect(ctx, &awsconnect.CreateQuickConnectInput{InstanceId: n.id, Name: aws.String("out"), QuickConnectConfig: configs["out"]})
	refused(t, err, "DuplicateResourceException", 409, "Name")

	w.advance(t, time.Second)
	out := aws.String(ids["out"])
	must(c.UpdateQuickConnectName(ctx, &awsconnect.UpdateQuickConnectNameInput{InstanceId: n.id, QuickConnectId: out, Name: aws.String("outside"), Description: aws.String("")}))(t)
	must(c.UpdateQuickConnectConfig(ctx, &awsconnect.UpdateQuickConnectConfigInput{InstanceId: n.id, QuickConnectId: out, QuickConnectConfig: configs["flow"]}))(t)
	same(t, describe(out), &types.QuickConnect{
		Name: aws.String("outside"), QuickConnectId: out, QuickConnectARN: aws.String(n.arn + "/transfer-destination/" + *out), QuickConnectConfig: configs["flow"],
		Tags: map[string]string{"a": "b"}, LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	})
	_, err = c.UpdateQuickConnectName(ctx, &awsconnect.UpdateQuickConnectNameInput{InstanceId: n.id, QuickConnectId: out})
	refused(t, err, "InvalidRequestException", 400, "Name or Description")

	// At a queue: given when it is created, added and taken away.
	queue := must(c.CreateQueue(ctx, &awsconnect.CreateQueueInput{InstanceId: n.id, Name: aws.String("q"), HoursOfOperationId: n.hours, QuickConnectIds: []string{ids["ann"]}}))(t).QueueId
	of := func() (names []string) {
		for pages := awsconnect.NewListQueueQuickConnectsPaginator(c, &awsconnect.ListQueueQuickConnectsInput{InstanceId: n.id, QueueId: queue, MaxResults: aws.Int32(1)}); pages.HasMorePages(); {
			for _, q := range must(pages.NextPage(ctx))(t).QuickConnectSummaryList {
				names = append(names, *q.Name)
			}
		}
		slices.Sort(names)
		return names
	}
	same(t, of(), []string{"ann"})
	must(c.AssociateQueueQuickConnects(ctx, &awsconnect.AssociateQueueQuickConnectsInput{InstanceId: n.id, QueueId: queue, QuickConnectIds: []string{ids["basic"], ids["flow"], ids["ann"]}}))(t)
	same(t, of(), []string{"ann", "basic", "flow"})
	must(c.DisassociateQueueQuickConnects(ctx, &awsconnect.DisassociateQueueQuickConnectsInput{InstanceId: n.id, QueueId: queue, QuickConnectIds: []string{ids["basic"]}}))(t)
	must(c.DeleteQuickConnect(ctx, &awsconnect.DeleteQuickConnectInput{InstanceId: n.id, QuickConnectId: aws.String(ids["flow"])}))(t)
	same(t, of(), []string{"ann"})
	_, err = c.AssociateQueueQuickConnects(ctx, &awsconnect.AssociateQueueQuickConnectsInput{InstanceId: n.id, QueueId: queue, QuickConnectIds: []string{ids["flow"]}})
	refused(t, err, "ResourceNotFoundException", 404, ids["flow"])
	_, err = c.DeleteQueue(ctx, &awsconnect.DeleteQueueInput{InstanceId: n.id, QueueId: n.queue})
	refused(t, err, "ResourceInUseException", 409, "quick connect")

	var all []string
	for pages := awsconnect.NewListQuickConnectsPaginator(c, &awsconnect.ListQuickConnectsInput{InstanceId: n.id, MaxResults: aws.Int32(2)}); pages.HasMorePages(); {
		for _, q := range must(pages.NextPage(ctx))(t).QuickConnectSummaryList {
			all = append(all, *q.Name)
		}
	}
	slices.Sort(all)
	same(t, all, []string{"ann", "basic", "outside"})
	users := must(c.ListQuickConnects(ctx, &awsconnect.ListQuickConnectsInput{InstanceId: n.id, QuickConnectTypes: []types.QuickConnectType{types.QuickConnectTypeUser}}))(t).QuickConnectSummaryList
	if len(users) != 1 || *users[0].Name != "ann" {
		t.Errorf("of users: %s", shown(t, users))
	}
}

func TestHierarchy(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	level := func(name string) *types.HierarchyLevelUpdate { return &types.HierarchyLevelUpdate{Name: &name} }
	update := func(s *types.HierarchyStructureUpdate) error {
		_, err := c.UpdateUserHierarchyStructure(ctx, &awsconnect.UpdateUserHierarchyStructureInput{InstanceId: n.id, HierarchyStructure: s})
		return err
	}
	structure := func() *types.HierarchyStructure {
		return must(c.DescribeUserHierarchyStructure(ctx, &awsconnect.DescribeUserHierarchyStructureInput{InstanceId: n.id}))(t).HierarchyStructure
	}
	create := func(name string, parent *string) (*awsconnect.CreateUserHierarchyGroupOutput, error) {
		return c.CreateUserHierarchyGroup(ctx, &awsconnect.CreateUserHierarchyGroupInput{InstanceId: n.id, Name: &name, ParentGroupId: parent})
	}
	same(t, structure(), &types.HierarchyStructure{})
	_, err := create("early", nil)
	refused(t, err, "InvalidParameterException", 400, "level 1")
	refused(t, update(&types.HierarchyStructureUpdate{LevelOne: level("Site"), LevelThree: level("Team")}), "InvalidParameterException", 400, "left out")
	if err := update(&types.HierarchyStructureUpdate{LevelOne: level("Site"), LevelTwo: level("Team")}); err != nil {
		t.Fatal(err)
	}
	before := structure()
	if err := update(&types.HierarchyStructureUpdate{LevelOne: level("Place"), LevelTwo: level("Team")}); err != nil {
		t.Fatal(err)
	}
	if after := structure(); *after.LevelOne.Name != "Place" || *after.LevelOne.Id != *before.LevelOne.Id || *after.LevelTwo.Arn != n.arn+"/agent-group-level/"+*before.LevelTwo.Id {
		t.Errorf("before %s, after %s", shown(t, before), shown(t, after))
	}
	berlin := must(create("Berlin", nil))(t).HierarchyGroupId
	night := must(create("Night", berlin))(t)
	_, err = create("Deeper", night.HierarchyGroupId)
	refused(t, err, "InvalidParameterException", 400, "level 3")
	_, err = create("Berlin", nil)
	refused(t, err, "DuplicateResourceException", 409, "Name")
	refused(t, update(&types.HierarchyStructureUpdate{LevelOne: level("Place")}), "ResourceInUseException", 409, "level 2")

	w.advance(t, time.Second)
	must(c.UpdateUserHierarchyGroupName(ctx, &awsconnect.UpdateUserHierarchyGroupNameInput{InstanceId: n.id, HierarchyGroupId: night.HierarchyGroupId, Name: aws.String("Day")}))(t)
	got := must(c.DescribeUserHierarchyGroup(ctx, &awsconnect.DescribeUserHierarchyGroupInput{InstanceId: n.id, HierarchyGroupId: night.HierarchyGroupArn}))(t).HierarchyGroup
	list := must(c.ListUserHierarchyGroups(ctx, &awsconnect.ListUserHierarchyGroupsInput{InstanceId: n.id}))(t).UserHierarchyGroupSummaryList
	summary := map[string]*types.HierarchyGroupSummary{}
	for i := range list {
		summary[*list[i].Name] = &list[i]
	}
	same(t, got, &types.HierarchyGroup{
		Id: night.HierarchyGroupId, Arn: night.HierarchyGroupArn, Name: aws.String("Day"), LevelId: before.LevelTwo.Id,
		HierarchyPath:    &types.HierarchyPath{LevelOne: summary["Berlin"], LevelTwo: summary["Day"]},
		LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	})

	// A user in a group: created there, moved, taken out.
	in := n.newUser("ann")
	in.HierarchyGroupId = night.HierarchyGroupId
	ann := must(c.CreateUser(ctx, in))(t).UserId
	group := func() *string {
		return must(c.DescribeUser(ctx, &awsconnect.DescribeUserInput{InstanceId: n.id, UserId: ann}))(t).User.HierarchyGroupId
	}
	same(t, group(), night.HierarchyGroupId)
	_, err = c.DeleteUserHierarchyGroup(ctx, &awsconnect.DeleteUserHierarchyGroupInput{InstanceId: n.id, HierarchyGroupId: night.HierarchyGroupId})
	refused(t, err, "ResourceInUseException", 409, *ann)
	must(c.UpdateUserHierarchy(ctx, &awsconnect.UpdateUserHierarchyInput{InstanceId: n.id, UserId: ann, HierarchyGroupId: berlin}))(t)
	same(t, group(), berlin)
	_, err = c.DeleteUserHierarchyGroup(ctx, &awsconnect.DeleteUserHierarchyGroupInput{InstanceId: n.id, HierarchyGroupId: berlin})
	refused(t, err, "ResourceInUseException", 409, "below it")
	must(c.UpdateUserHierarchy(ctx, &awsconnect.UpdateUserHierarchyInput{InstanceId: n.id, UserId: ann}))(t)
	same(t, group(), (*string)(nil))
	for _, id := range []*string{night.HierarchyGroupId, berlin} {
		must(c.DeleteUserHierarchyGroup(ctx, &awsconnect.DeleteUserHierarchyGroupInput{InstanceId: n.id, HierarchyGroupId: id}))(t)
	}
	_, err = c.UpdateUserHierarchy(ctx, &awsconnect.UpdateUserHierarchyInput{InstanceId: n.id, UserId: ann, HierarchyGroupId: berlin})
	refused(t, err, "ResourceNotFoundException", 404, "agent-group")
	if err := update(&types.HierarchyStructureUpdate{}); err != nil {
		t.Fatal(err)
	}
	same(t, structure(), &types.HierarchyStructure{})
}

func TestProficiencies(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c, ann := t.Context(), n.client, n.user(t, "ann")
	values := func(v ...string) types.PredefinedAttributeValues {
		return &types.PredefinedAttributeValuesMemberStringList{Value: v}
	}
	must(c.CreatePredefinedAttribute(ctx, &awsconnect.CreatePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language"), Values: values("English", "French"), Purposes: []string{"p"}}))(t)
	got := must(c.DescribePredefinedAttribute(ctx, &awsconnect.DescribePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language")}))(t).PredefinedAttribute
	same(t, got, &types.PredefinedAttribute{
		Name: aws.String("language"), Values: values("English", "French"), Purposes: []string{"p"}, AttributeConfiguration: &types.PredefinedAttributeConfiguration{},
		LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	})
	_, err := c.CreatePredefinedAttribute(ctx, &awsconnect.CreatePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language"), Values: values("x")})
	refused(t, err, "DuplicateResourceException", 409, "Name")
	_, err = c.CreatePredefinedAttribute(ctx, &awsconnect.CreatePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("strict"), Values: values("x"),
		AttributeConfiguration: &types.InputPredefinedAttributeConfiguration{EnableValueValidationOnAssociation: true}})
	refused(t, err, "InvalidParameterException", 400, "EnableValueValidationOnAssociation")

	skill := func(value string, level float32) []types.UserProficiency {
		return []types.UserProficiency{{AttributeName: aws.String("language"), AttributeValue: &value, Level: aws.Float32(level)}}
	}
	list := func() []types.UserProficiency {
		return must(c.ListUserProficiencies(ctx, &awsconnect.ListUserProficienciesInput{InstanceId: n.id, UserId: ann}))(t).UserProficiencyList
	}
	must(c.AssociateUserProficiencies(ctx, &awsconnect.AssociateUserProficienciesInput{InstanceId: n.id, UserId: ann, UserProficiencies: skill("French", 2.5)}))(t)
	must(c.AssociateUserProficiencies(ctx, &awsconnect.AssociateUserProficienciesInput{InstanceId: n.id, UserId: ann, UserProficiencies: skill("English", 5)}))(t)
	same(t, list(), append(skill("English", 5), skill("French", 2.5)...))
	must(c.UpdateUserProficiencies(ctx, &awsconnect.UpdateUserProficienciesInput{InstanceId: n.id, UserId: ann, UserProficiencies: skill("English", 1)}))(t)
	same(t, list(), append(skill("English", 1), skill("French", 2.5)...))
	_, err = c.AssociateUserProficiencies(ctx, &awsconnect.AssociateUserProficienciesInput{InstanceId: n.id, UserId: ann, UserProficiencies: skill("German", 1)})
	refused(t, err, "InvalidParameterException", 400, "German")
	_, err = c.UpdatePredefinedAttribute(ctx, &awsconnect.UpdatePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language"), Values: values("English")})
	refused(t, err, "InvalidRequestException", 400, "French")
	_, err = c.DeletePredefinedAttribute(ctx, &awsconnect.DeletePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language")})
	refused(t, err, "ResourceInUseException", 409, *ann)
	for _, v := range []string{"English", "French"} {
		must(c.DisassociateUserProficiencies(ctx, &awsconnect.DisassociateUserProficienciesInput{InstanceId: n.id, UserId: ann,
			UserProficiencies: []types.UserProficiencyDisassociate{{AttributeName: aws.String("language"), AttributeValue: &v}}}))(t)
	}
	same(t, list(), []types.UserProficiency{})
	must(c.UpdatePredefinedAttribute(ctx, &awsconnect.UpdatePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language"), Values: values("German"), Purposes: []string{}}))(t)
	if got := must(c.ListPredefinedAttributes(ctx, &awsconnect.ListPredefinedAttributesInput{InstanceId: n.id}))(t).PredefinedAttributeSummaryList; len(got) != 1 || *got[0].Name != "language" {
		t.Errorf("listed: %s", shown(t, got))
	}
	must(c.DeletePredefinedAttribute(ctx, &awsconnect.DeletePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language")}))(t)
	_, err = c.DescribePredefinedAttribute(ctx, &awsconnect.DescribePredefinedAttributeInput{InstanceId: n.id, Name: aws.String("language")})
	refused(t, err, "ResourceNotFoundException", 404, "language")
}

func TestSecurityProfilesThatAreMade(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	made := must(c.CreateSecurityProfile(ctx, &awsconnect.CreateSecurityProfileInput{InstanceId: n.id, SecurityProfileName: aws.String("Team"), Description: aws.String("d"),
		Permissions: []string{"OutboundCallAccess", "BasicAgentAccess"}, Tags: map[string]string{"a": "b"}}))(t)
	id := made.SecurityProfileId
	same(t, must(c.DescribeSecurityProfile(ctx, &awsconnect.DescribeSecurityProfileInput{InstanceId: n.id, SecurityProfileId: id}))(t).SecurityProfile, &types.SecurityProfile{
		Id: id, Arn: made.SecurityProfileArn, OrganizationResourceId: n.id, SecurityProfileName: aws.String("Team"), Description: aws.String("d"), Tags: map[string]string{"a": "b"},
		LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	})
	permissions := func() (all []string) {
		for pages := awsconnect.NewListSecurityProfilePermissionsPaginator(c, &awsconnect.ListSecurityProfilePermissionsInput{InstanceId: n.id, SecurityProfileId: id, MaxResults: aws.Int32(1)}); pages.HasMorePages(); {
			all = append(all, must(pages.NextPage(ctx))(t).Permissions...)
		}
		return all
	}
	same(t, permissions(), []string{"BasicAgentAccess", "OutboundCallAccess"})
	must(c.UpdateSecurityProfile(ctx, &awsconnect.UpdateSecurityProfileInput{InstanceId: n.id, SecurityProfileId: id, Permissions: []string{"Queues.View"}}))(t)
	same(t, permissions(), []string{"Queues.View"})
	_, err := c.UpdateSecurityProfile(ctx, &awsconnect.UpdateSecurityProfileInput{InstanceId: n.id, SecurityProfileId: id, TagRestrictedResources: []string{"User"}})
	refused(t, err, "InvalidParameterException", 400, "TagRestrictedResources")
	_, err = c.CreateSecurityProfile(ctx, &awsconnect.CreateSecurityProfileInput{InstanceId: n.id, SecurityProfileName: aws.String("Agent")})
	refused(t, err, "DuplicateResourceException", 409, "Name")

	in := n.newUser("ann")
	in.SecurityProfileIds = []string{*id}
	ann := must(c.CreateUser(ctx, in))(t).UserId
	_, err = c.DeleteSecurityProfile(ctx, &awsconnect.DeleteSecurityProfileInput{InstanceId: n.id, SecurityProfileId: id})
	refused(t, err, "ResourceInUseException", 409, *ann)
	must(c.DeleteUser(ctx, &awsconnect.DeleteUserInput{InstanceId: n.id, UserId: ann}))(t)
	must(c.DeleteSecurityProfile(ctx, &awsconnect.DeleteSecurityProfileInput{InstanceId: n.id, SecurityProfileId: id}))(t)
	_, err = c.DescribeSecurityProfile(ctx, &awsconnect.DescribeSecurityProfileInput{InstanceId: n.id, SecurityProfileId: id})
	refused(t, err, "ResourceNotFoundException", 404, *id)
}

func TestHoursOverrides(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	slice := func(h, m int32) *types.OverrideTimeSlice { return &types.OverrideTimeSlice{Hours: &h, Minutes: &m} }
	hours := must(c.CreateHoursOfOperation(ctx, &awsconnect.CreateHoursOfOperationInput{InstanceId: n.id, Name: aws.String("h"), TimeZone: aws.String("UTC"), Config: []types.HoursOfOperationConfig{{
		Day: types.HoursOfOperationDaysMonday, StartTime: &types.HoursOfOperationTimeSlice{Hours: aws.Int32(9), Minutes: aws.Int32(0)}, EndTime: &types.HoursOfOperationTimeSlice{Hours: aws.Int32(0), Minutes: aws.Int32(0)}}}}))(t).HoursOfOperationId
	lunch := &awsconnect.CreateHoursOfOperationOverrideInput{
		InstanceId: n.id, HoursOfOperationId: hours, Name: aws.String("lunch"), Description: aws.String("d"), EffectiveFrom: aws.String("2026-03-02"), EffectiveTill: aws.String("2026-12-31"),
		OverrideType: types.OverrideTypeClosed, Config: []types.HoursOfOperationOverrideConfig{{Day: types.OverrideDaysMonday, StartTime: slice(12, 0), EndTime: slice(13, 30)}},
		RecurrenceConfig: &types.RecurrenceConfig{RecurrencePattern: &types.RecurrencePattern{Frequency: types.RecurrenceFrequencyMonthly, Interval: aws.Int32(1), ByWeekdayOccurrence: []int32{1}}},
	}
	id := must(c.CreateHoursOfOperationOverride(ctx, lunch))(t).HoursOfOperationOverrideId
	want := &types.HoursOfOperationOverride{
		HoursOfOperationOverrideId: id, HoursOfOperationId: hours, HoursOfOperationArn: aws.String(n.arn + "/operating-hours/" + *hours), Name: lunch.Name, Description: lunch.Description,
		EffectiveFrom: lunch.EffectiveFrom, EffectiveTill: lunch.EffectiveTill, OverrideType: lunch.OverrideType, Config: lunch.Config, RecurrenceConfig: lunch.RecurrenceConfig,
	}
	describe := func() *types.HoursOfOperationOverride {
		return must(c.DescribeHoursOfOperationOverride(ctx, &awsconnect.DescribeHoursOfOperationOverrideInput{InstanceId: n.id, HoursOfOperationId: hours, HoursOfOperationOverrideId: id}))(t).HoursOfOperationOverride
	}
	twice(t, want, describe)
	_, err := c.CreateHoursOfOperationOverride(ctx, lunch)
	refused(t, err, "DuplicateResourceException", 409, "Name")

	effective := func(from, to string) *awsconnect.GetEffectiveHoursOfOperationsOutput {
		return must(c.GetEffectiveHoursOfOperations(ctx, &awsconnect.GetEffectiveHoursOfOperationsInput{InstanceId: n.id, HoursOfOperationId: hours, FromDate: &from, ToDate: &to}))(t)
	}
	same(t, effective("2026-03-02", "2026-03-03"), &awsconnect.GetEffectiveHoursOfOperationsOutput{
		TimeZone: aws.String("UTC"), EffectiveHoursOfOperationList: []types.EffectiveHoursOfOperations{
			{Date: aws.String("2026-03-02"), OperationalHours: []types.OperationalHour{{Start: slice(9, 0), End: slice(12, 0)}, {Start: slice(13, 30), End: slice(0, 0)}}},
			{Date: aws.String("2026-03-03"), OperationalHours: []types.OperationalHour{}},
		},
		EffectiveOverrideHoursList: []types.EffectiveOverrideHours{{Date: aws.String("2026-03-02"), OverrideHours: []types.OverrideHour{
			{Start: slice(12, 0), End: slice(13, 30), OverrideName: aws.String("lunch"), OperationalStatus: types.OperationalStatusClosed}}}},
	})
	if got := effective("2026-03-09", "2026-03-09"); len(got.EffectiveOverrideHoursList) != 0 {
		t.Errorf("on the second Monday: %s", shown(t, got))
	}
	_, err = c.GetEffectiveHoursOfOperations(ctx, &awsconnect.GetEffectiveHoursOfOperationsInput{InstanceId: n.id, HoursOfOperationId: hours, FromDate: aws.String("2026-03-02"), ToDate: aws.String("2027-03-04")})
	refused(t, err, "InvalidParameterException", 400, "366")

	must(c.UpdateHoursOfOperationOverride(ctx, &awsconnect.UpdateHoursOfOperationOverrideInput{InstanceId: n.id, HoursOfOperationId: hours, HoursOfOperationOverrideId: id,
		OverrideType: types.OverrideTypeOpen, EffectiveTill: aws.String("2026-03-31"), Config: []types.HoursOfOperationOverrideConfig{{StartTime: slice(1, 0), EndTime: slice(2, 0)}}}))(t)
	want.OverrideType, want.EffectiveTill, want.Config = types.OverrideTypeOpen, aws.String("2026-03-31"), []types.HoursOfOperationOverrideConfig{{StartTime: slice(1, 0), EndTime: slice(2, 0)}}
	same(t, describe(), want)
	lunch.Name, lunch.RecurrenceConfig, lunch.OverrideType = aws.String("later"), nil, ""
	must(c.CreateHoursOfOperationOverride(ctx, lunch))(t)
	var names []string
	for pages := awsconnect.NewListHoursOfOperationOverridesPaginator(c, &awsconnect.ListHoursOfOperationOverridesInput{InstanceId: n.id, HoursOfOperationId: hours, MaxResults: aws.Int32(1)}); pages.HasMorePages(); {
		for _, o := range must(pages.NextPage(ctx))(t).HoursOfOperationOverrideList {
			names = append(names, *o.Name)
		}
	}
	slices.Sort(names)
	same(t, names, []string{"later", "lunch"})
	must(c.DeleteHoursOfOperationOverride(ctx, &awsconnect.DeleteHoursOfOperationOverrideInput{InstanceId: n.id, HoursOfOperationId: hours, HoursOfOperationOverrideId: id}))(t)
	_, err = c.DescribeHoursOfOperationOverride(ctx, &awsconnect.DescribeHoursOfOperationOverrideInput{InstanceId: n.id, HoursOfOperationId: hours, HoursOfOperationOverrideId: id})
	refused(t, err, "ResourceNotFoundException", 404, *id)
	lunch.Name, lunch.Config = aws.String("half"), []types.HoursOfOperationOverrideConfig{{StartTime: slice(1, 0)}}
	_, err = c.CreateHoursOfOperationOverride(ctx, lunch)
	refused(t, err, "InvalidParameterException", 400, "StartTime and EndTime")
}

func TestTaskTemplates(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	field := func(name string) *types.TaskTemplateFieldIdentifier {
		return &types.TaskTemplateFieldIdentifier{Name: &name}
	}
	in := &awsconnect.CreateTaskTemplateInput{
		InstanceId: n.id, Name: aws.String("t"), Description: aws.String("d"), ContactFlowId: n.flow, Status: types.TaskTemplateStatusInactive,
		Fields: []types.TaskTemplateField{
			{Id: field("Name"), Type: types.TaskTemplateFieldTypeName, Description: aws.String("what to do")},
			{Id: field("Kind"), Type: types.TaskTemplateFieldTypeSingleSelect, SingleSelectOptions: []string{"a", "b"}},
		},
		Constraints: &types.TaskTemplateConstraints{RequiredFields: []types.RequiredFieldInfo{{Id: field("Name")}}, ReadOnlyFields: []types.ReadOnlyFieldInfo{{Id: field("Kind")}}, InvisibleFields: []types.InvisibleFieldInfo{}},
		Defaults:    &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{{Id: field("Kind"), DefaultValue: aws.String("b")}}},
	}
	made := must(c.CreateTaskTemplate(ctx, in))(t)
	get := func() *awsconnect.GetTaskTemplateOutput {
		return must(c.GetTaskTemplate(ctx, &awsconnect.GetTaskTemplateInput{InstanceId: n.id, TaskTemplateId: made.Id}))(t)
	}
	in.Constraints.InvisibleFields = nil
	want := &awsconnect.GetTaskTemplateOutput{
		InstanceId: n.id, Id: made.Id, Arn: aws.String(n.arn + "/task-template/" + *made.Id), Name: in.Name, Description: in.Description, ContactFlowId: n.flow, Status: in.Status,
		Fields: in.Fields, Constraints: in.Constraints, Defaults: in.Defaults, CreatedTime: aws.Time(w.clock.Now()), LastModifiedTime: aws.Time(w.clock.Now()),
	}
	twice(t, want, get)
	again := *in
	again.ClientToken, again.Name = aws.String("token"), aws.String("u")
	first := must(c.CreateTaskTemplate(ctx, &again))(t)
	if second := must(c.CreateTaskTemplate(ctx, &again))(t); *second.Id != *first.Id {
		t.Error("the same token made two templates")
	}
	for words, change := range map[string]func(*awsconnect.CreateTaskTemplateInput){
		"the name is taken": func(in *awsconnect.CreateTaskTemplateInput) { in.Name = aws.String("t") },
		"type NAME":         func(in *awsconnect.CreateTaskTemplateInput) { in.Fields = in.Fields[1:]; in.Constraints = nil },
		"two are called":    func(in *awsconnect.CreateTaskTemplateInput) { in.Fields = append(in.Fields, in.Fields[1]) },
		"is no SINGLE_SELECT": func(in *awsconnect.CreateTaskTemplateInput) {
			in.Defaults = &types.TaskTemplateDefaults{DefaultFieldValues: []types.TaskTemplateDefaultFieldValue{{Id: field("Kind"), DefaultValue: aws.String("c")}}}
		},
		"nobody can fill it in": func(in *awsconnect.CreateTaskTemplateInput) {
			in.Constraints = &types.TaskTemplateConstraints{RequiredFields: []types.RequiredFieldInfo{{Id: field("Name")}}, InvisibleFields: []types.InvisibleFieldInfo{{Id: field("Name")}}}
		},
	} {
		wrong := *in
		wrong.Name, wrong.ClientToken = aws.String("v"), nil
		change(&wrong)
		_, err := c.CreateTaskTemplate(ctx, &wrong)
		refused(t, err, "PropertyValidationException", 400, words)
	}
	other := *in
	other.Name, other.SelfAssignFlowId, other.ClientToken = aws.String("v"), n.flow, nil
	_, err := c.CreateTaskTemplate(ctx, &other)
	refused(t, err, "InvalidParameterException", 400, "SelfAssignFlowId")
	other.ClientToken, other.SelfAssignFlowId, other.Constraints = nil, nil, &types.TaskTemplateConstraints{RequiredFields: []types.RequiredFieldInfo{{Id: field("None")}}}
	_, err = c.CreateTaskTemplate(ctx, &other)
	refused(t, err, "InvalidParameterException", 400, "None")

	w.advance(t, time.Second)
	updated := must(c.UpdateTaskTemplate(ctx, &awsconnect.UpdateTaskTemplateInput{InstanceId: n.id, TaskTemplateId: made.Id, Name: aws.String("t2"), Fields: in.Fields[:1]}))(t)
	want.Name, want.Description, want.ContactFlowId, want.Status, want.Fields, want.LastModifiedTime = aws.String("t2"), nil, nil, types.TaskTemplateStatusActive, in.Fields[:1], aws.Time(w.clock.Now())
	want.Constraints, want.Defaults = &types.TaskTemplateConstraints{}, &types.TaskTemplateDefaults{}
	same(t, get(), want)
	same(t, updated.Fields, want.Fields)
	list := func(in awsconnect.ListTaskTemplatesInput) (names []string) {
		in.InstanceId, in.MaxResults = n.id, aws.Int32(1)
		for pages := awsconnect.NewListTaskTemplatesPaginator(c, &in); pages.HasMorePages(); {
			for _, v := range must(pages.NextPage(ctx))(t).TaskTemplates {
				names = append(names, *v.Name)
			}
		}
		slices.Sort(names)
		return names
	}
	same(t, list(awsconnect.ListTaskTemplatesInput{}), []string{"t2", "u"})
	same(t, list(awsconnect.ListTaskTemplatesInput{Status: types.TaskTemplateStatusActive}), []string{"t2"})
	same(t, list(awsconnect.ListTaskTemplatesInput{Name: aws.String("u")}), []string{"u"})
	must(c.DeleteTaskTemplate(ctx, &awsconnect.DeleteTaskTemplateInput{InstanceId: n.id, TaskTemplateId: made.Id}))(t)
	_, err = c.GetTaskTemplate(ctx, &awsconnect.GetTaskTemplateInput{InstanceId: n.id, TaskTemplateId: made.Id})
	refused(t, err, "ResourceNotFoundException", 404, *made.Id)
}

func TestPrompts(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	list := must(c.ListPrompts(ctx, &awsconnect.ListPromptsInput{InstanceId: n.id}))(t).PromptSummaryList
	beep := named(list, func(p types.PromptSummary) (*string, *string) { return p.Name, p.Id }, "Beep.wav")
	if len(list) != 7 || beep == nil {
		t.Fatalf("a new instance has %s", shown(t, list))
	}
	w.advance(t, time.Second)
	out := must(c.UpdatePrompt(ctx, &awsconnect.UpdatePromptInput{InstanceId: n.id, PromptId: beep, Name: aws.String("Boop.wav"), Description: aws.String("d")}))(t)
	want := types.Prompt{
		PromptId: beep, PromptARN: aws.String(n.arn + "/prompt/" + *beep), Name: aws.String("Boop.wav"), Description: aws.String("d"),
		LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	}
	same(t, out.PromptARN, want.PromptARN)
	same(t, must(c.DescribePrompt(ctx, &awsconnect.DescribePromptInput{InstanceId: n.id, PromptId: beep}))(t).Prompt, want)
	found := must(c.SearchPrompts(ctx, &awsconnect.SearchPromptsInput{InstanceId: n.id, SearchCriteria: &types.PromptSearchCriteria{StringCondition: exact("name", "Boop.wav")}}))(t)
	same(t, found.Prompts, []types.Prompt{want})
	_, err := c.UpdatePrompt(ctx, &awsconnect.UpdatePromptInput{InstanceId: n.id, PromptId: beep, S3Uri: aws.String("s3://bucket/beep.wav")})
	refused(t, err, "InvalidParameterException", 400, "S3Uri")
	_, err = c.UpdatePrompt(ctx, &awsconnect.UpdatePromptInput{InstanceId: n.id, PromptId: beep, Name: aws.String("CustomerHold.wav")})
	refused(t, err, "InvalidRequestException", 400, "Name")
	must(c.DeletePrompt(ctx, &awsconnect.DeletePromptInput{InstanceId: n.id, PromptId: beep}))(t)
	_, err = c.DescribePrompt(ctx, &awsconnect.DescribePromptInput{InstanceId: n.id, PromptId: beep})
	refused(t, err, "ResourceNotFoundException", 404, *beep)
}
