package connect

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
	"github.com/hookswitch/hookswitch/internal/clock"
	"github.com/hookswitch/hookswitch/internal/history"
	"github.com/hookswitch/hookswitch/internal/projection/live"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// Center is one instance as this service uses it.
type Center interface {
	// Submit returns when what the command led to is durable and seen by View.
	Submit(ctx context.Context, cmd center.Command) (center.Step, error)
	// View is what is committed: directory, agents, open contacts.
	View() *live.View
	// Contact returns a contact as it stands, completed or not, caught up with every step that was acknowledged
	// before the call; ok is false when there is none, or it is past its retention.
	Contact(ctx context.Context, id center.ContactID) (c lifecycle.Contact, ok bool, err error)
	// History is what has been, caught up in the same way.
	History(ctx context.Context) (*history.History, error)
}

// Centers are the instances of the node.
type Centers interface {
	// Create makes an instance and returns once it takes commands. A taken alias is refused with a *center.Refused.
	Create(ctx context.Context, account, region string, cmd center.CreateInstance) error
	// Find returns an instance by its id: a *center.Refused when there is none, another error when it is there and cannot
	// be reached, as after damage to its journal.
	Find(account, region string, id center.InstanceID) (Center, error)
	// List returns the instances of an account and Region, each "" for all there are, in any order.
	List(account, region string) []Center
	// Delete ends an instance. Its data goes away.
	Delete(ctx context.Context, account, region string, id center.InstanceID) error
}

// Config is what the service is made of.
type Config struct {
	Centers Centers
	// Check returns nil when documents can be delivered to an ARN, courier.ErrNoSuchTarget when nothing is there.
	Check  func(ctx context.Context, to arn.ARN) error
	Clock  clock.Clock
	Random io.Reader // keys and ids of instances, salts of passwords
	// PasswordRounds is how often a password is hashed before it is kept. Zero: DefaultPasswordRounds, which takes a few
	// tenths of a second of one core for each user created with a password.
	PasswordRounds int
}

// Service answers the API.
type Service struct {
	cfg       Config
	tokens    *tokens
	hashing   gate   // passwords being hashed
	claiming  gate   // phone numbers being claimed, changed, moved or released
	attribute *gates // attributes of completed contacts being updated, by contact
}

// hashesAtOnce is how many passwords are hashed at a time, so that creating many users leaves the calls some processor.
const hashesAtOnce = 2

// New returns the service. All fields of the Config are needed but those that have a default.
func New(cfg Config) *Service {
	if cfg.PasswordRounds == 0 {
		cfg.PasswordRounds = DefaultPasswordRounds
	}
	return &Service{
		cfg: cfg, tokens: newTokens(cfg.Clock),
		hashing: make(gate, hashesAtOnce), claiming: make(gate, 1), attribute: newGates(),
	}
}

// Operations is what the service supports.
func (s *Service) Operations() []wire.Operation {
	return mapped(s.operations(), asDeclared)
}

func (s *Service) operations() []wire.Operation {
	return []wire.Operation{
		connectapi.CreateInstance(s.createInstance),
		connectapi.DescribeInstance(s.describeInstance),
		connectapi.ListInstances(s.listInstances),
		connectapi.DeleteInstance(s.deleteInstance),
		connectapi.DescribeInstanceAttribute(s.describeInstanceAttribute),
		connectapi.ListInstanceAttributes(s.listInstanceAttributes),
		connectapi.UpdateInstanceAttribute(s.updateInstanceAttribute),

		connectapi.AssociateInstanceStorageConfig(s.associateInstanceStorageConfig),
		connectapi.DescribeInstanceStorageConfig(s.describeInstanceStorageConfig),
		connectapi.ListInstanceStorageConfigs(s.listInstanceStorageConfigs),
		connectapi.UpdateInstanceStorageConfig(s.updateInstanceStorageConfig),
		connectapi.DisassociateInstanceStorageConfig(s.disassociateInstanceStorageConfig),

		connectapi.CreateUser(s.createUser),
		connectapi.DescribeUser(s.describeUser),
		connectapi.ListUsers(s.listUsers),
		connectapi.DeleteUser(s.deleteUser),
		connectapi.UpdateUserRoutingProfile(s.updateUserRoutingProfile),
		connectapi.UpdateUserPhoneConfig(s.updateUserPhoneConfig),
		connectapi.UpdateUserIdentityInfo(s.updateUserIdentityInfo),
		connectapi.UpdateUserSecurityProfiles(s.updateUserSecurityProfiles),
		connectapi.UpdateUserHierarchy(s.updateUserHierarchy),
		connectapi.AssociateUserProficiencies(s.associateUserProficiencies),
		connectapi.DisassociateUserProficiencies(s.disassociateUserProficiencies),
		connectapi.UpdateUserProficiencies(s.updateUserProficiencies),
		connectapi.ListUserProficiencies(s.listUserProficiencies),
		connectapi.SearchUsers(s.searchUsers),
		connectapi.PutUserStatus(s.putUserStatus),
		connectapi.GetCurrentUserData(s.getCurrentUserData),

		connectapi.ListAgentStatuses(s.listAgentStatuses),
		connectapi.DescribeAgentStatus(s.describeAgentStatus),
		connectapi.CreateAgentStatus(s.createAgentStatus),
		connectapi.UpdateAgentStatus(s.updateAgentStatus),
		connectapi.SearchAgentStatuses(s.searchAgentStatuses),

		connectapi.DescribeUserHierarchyGroup(s.describeUserHierarchyGroup),
		connectapi.ListUserHierarchyGroups(s.listUserHierarchyGroups),
		connectapi.CreateUserHierarchyGroup(s.createUserHierarchyGroup),
		connectapi.UpdateUserHierarchyGroupName(s.updateUserHierarchyGroupName),
		connectapi.DeleteUserHierarchyGroup(s.deleteUserHierarchyGroup),
		connectapi.DescribeUserHierarchyStructure(s.describeUserHierarchyStructure),
		connectapi.UpdateUserHierarchyStructure(s.updateUserHierarchyStructure),
		connectapi.SearchUserHierarchyGroups(s.searchUserHierarchyGroups),

		connectapi.CreatePredefinedAttribute(s.createPredefinedAttribute),
		connectapi.DescribePredefinedAttribute(s.describePredefinedAttribute),
		connectapi.ListPredefinedAttributes(s.listPredefinedAttributes),
		connectapi.UpdatePredefinedAttribute(s.updatePredefinedAttribute),
		connectapi.DeletePredefinedAttribute(s.deletePredefinedAttribute),
		connectapi.SearchPredefinedAttributes(s.searchPredefinedAttributes),

		connectapi.ListSecurityProfiles(s.listSecurityProfiles),
		connectapi.DescribeSecurityProfile(s.describeSecurityProfile),
		connectapi.CreateSecurityProfile(s.createSecurityProfile),
		connectapi.UpdateSecurityProfile(s.updateSecurityProfile),
		connectapi.DeleteSecurityProfile(s.deleteSecurityProfile),
		connectapi.ListSecurityProfilePermissions(s.listSecurityProfilePermissions),
		connectapi.SearchSecurityProfiles(s.searchSecurityProfiles),

		connectapi.CreateHoursOfOperation(s.createHoursOfOperation),
		connectapi.DescribeHoursOfOperation(s.describeHoursOfOperation),
		connectapi.ListHoursOfOperations(s.listHoursOfOperations),
		connectapi.UpdateHoursOfOperation(s.updateHoursOfOperation),
		connectapi.DeleteHoursOfOperation(s.deleteHoursOfOperation),
		connectapi.SearchHoursOfOperations(s.searchHoursOfOperations),
		connectapi.CreateHoursOfOperationOverride(s.createHoursOfOperationOverride),
		connectapi.DescribeHoursOfOperationOverride(s.describeHoursOfOperationOverride),
		connectapi.ListHoursOfOperationOverrides(s.listHoursOfOperationOverrides),
		connectapi.UpdateHoursOfOperationOverride(s.updateHoursOfOperationOverride),
		connectapi.DeleteHoursOfOperationOverride(s.deleteHoursOfOperationOverride),
		connectapi.SearchHoursOfOperationOverrides(s.searchHoursOfOperationOverrides),
		connectapi.GetEffectiveHoursOfOperations(s.getEffectiveHoursOfOperations),

		connectapi.CreateQueue(s.createQueue),
		connectapi.DescribeQueue(s.describeQueue),
		connectapi.ListQueues(s.listQueues),
		connectapi.ListQueueQuickConnects(s.listQueueQuickConnects),
		connectapi.UpdateQueueName(s.updateQueueName),
		connectapi.UpdateQueueStatus(s.updateQueueStatus),
		connectapi.UpdateQueueMaxContacts(s.updateQueueMaxContacts),
		connectapi.UpdateQueueHoursOfOperation(s.updateQueueHoursOfOperation),
		connectapi.UpdateQueueOutboundCallerConfig(s.updateQueueOutboundCallerConfig),
		connectapi.DeleteQueue(s.deleteQueue),
		connectapi.AssociateQueueQuickConnects(s.associateQueueQuickConnects),
		connectapi.DisassociateQueueQuickConnects(s.disassociateQueueQuickConnects),
		connectapi.SearchQueues(s.searchQueues),

		connectapi.CreateQuickConnect(s.createQuickConnect),
		connectapi.DescribeQuickConnect(s.describeQuickConnect),
		connectapi.ListQuickConnects(s.listQuickConnects),
		connectapi.UpdateQuickConnectConfig(s.updateQuickConnectConfig),
		connectapi.UpdateQuickConnectName(s.updateQuickConnectName),
		connectapi.DeleteQuickConnect(s.deleteQuickConnect),
		connectapi.SearchQuickConnects(s.searchQuickConnects),

		connectapi.DescribePrompt(s.describePrompt),
		connectapi.ListPrompts(s.listPrompts),
		connectapi.UpdatePrompt(s.updatePrompt),
		connectapi.DeletePrompt(s.deletePrompt),
		connectapi.SearchPrompts(s.searchPrompts),

		connectapi.CreateRoutingProfile(s.createRoutingProfile),
		connectapi.DescribeRoutingProfile(s.describeRoutingProfile),
		connectapi.ListRoutingProfiles(s.listRoutingProfiles),
		connectapi.ListRoutingProfileQueues(s.listRoutingProfileQueues),
		connectapi.UpdateRoutingProfileConcurrency(s.updateRoutingProfileConcurrency),
		connectapi.UpdateRoutingProfileQueues(s.updateRoutingProfileQueues),
		connectapi.UpdateRoutingProfileDefaultOutboundQueue(s.updateRoutingProfileDefaultOutboundQueue),
		connectapi.UpdateRoutingProfileName(s.updateRoutingProfileName),
		connectapi.AssociateRoutingProfileQueues(s.associateRoutingProfileQueues),
		connectapi.DisassociateRoutingProfileQueues(s.disassociateRoutingProfileQueues),
		connectapi.DeleteRoutingProfile(s.deleteRoutingProfile),
		connectapi.UpdateRoutingProfileAgentAvailabilityTimer(s.updateRoutingProfileAgentAvailabilityTimer),
		connectapi.SearchRoutingProfiles(s.searchRoutingProfiles),

		connectapi.CreateContactFlow(s.createContactFlow),
		connectapi.DescribeContactFlow(s.describeContactFlow),
		connectapi.ListContactFlows(s.listContactFlows),
		connectapi.SearchContactFlows(s.searchContactFlows),
		connectapi.SearchContactFlowModules(s.searchContactFlowModules),
		connectapi.UpdateContactFlowContent(s.updateContactFlowContent),
		connectapi.UpdateContactFlowMetadata(s.updateContactFlowMetadata),
		connectapi.UpdateContactFlowName(s.updateContactFlowName),
		connectapi.DeleteContactFlow(s.deleteContactFlow),
		connectapi.CreateContactFlowModule(s.createContactFlowModule),
		connectapi.DescribeContactFlowModule(s.describeContactFlowModule),
		connectapi.ListContactFlowModules(s.listContactFlowModules),
		connectapi.UpdateContactFlowModuleContent(s.updateContactFlowModuleContent),
		connectapi.UpdateContactFlowModuleMetadata(s.updateContactFlowModuleMetadata),
		connectapi.DeleteContactFlowModule(s.deleteContactFlowModule),
		connectapi.AssociateLambdaFunction(s.associateLambdaFunction),
		connectapi.DisassociateLambdaFunction(s.disassociateLambdaFunction),
		connectapi.ListLambdaFunctions(s.listLambdaFunctions),

		connectapi.ListPhoneNumbers(s.listPhoneNumbers),
		connectapi.ListPhoneNumbersV2(s.listPhoneNumbersV2),
		connectapi.ClaimPhoneNumber(s.claimPhoneNumber),
		connectapi.ReleasePhoneNumber(s.releasePhoneNumber),
		connectapi.DescribePhoneNumber(s.describePhoneNumber),
		connectapi.UpdatePhoneNumber(s.updatePhoneNumber),
		connectapi.UpdatePhoneNumberMetadata(s.updatePhoneNumberMetadata),
		connectapi.AssociatePhoneNumberContactFlow(s.associatePhoneNumberContactFlow),
		connectapi.DisassociatePhoneNumberContactFlow(s.disassociatePhoneNumberContactFlow),
		connectapi.SearchAvailablePhoneNumbers(s.searchAvailablePhoneNumbers),

		connectapi.StartOutboundVoiceContact(s.startOutboundVoiceContact),
		connectapi.StartTaskContact(s.startTaskContact),
		connectapi.StopContact(s.stopContact),
		connectapi.StartChatContact(s.startChatContact),
		connectapi.UpdateParticipantRoleConfig(s.updateParticipantRoleConfig),
		connectapi.PauseContact(s.pauseContact),
		connectapi.ResumeContact(s.resumeContact),
		connectapi.TransferContact(s.transferContact),
		connectapi.UpdateContact(s.updateContact),
		connectapi.UpdateContactSchedule(s.updateContactSchedule),
		connectapi.UpdateContactRoutingData(s.updateContactRoutingData),
		connectapi.TagContact(s.tagContact),
		connectapi.UntagContact(s.untagContact),
		connectapi.MonitorContact(s.monitorContact),
		connectapi.UpdateContactAttributes(s.updateContactAttributes),
		connectapi.GetContactAttributes(s.getContactAttributes),
		connectapi.DescribeContact(s.describeContact),
		connectapi.DismissUserContact(s.dismissUserContact),

		connectapi.SearchContacts(s.searchContacts),
		connectapi.ListAssociatedContacts(s.listAssociatedContacts),
		connectapi.ListContactReferences(s.listContactReferences),

		connectapi.GetCurrentMetricData(s.getCurrentMetricData),
		connectapi.GetMetricData(s.getMetricData),
		connectapi.GetMetricDataV2(s.getMetricDataV2),
		connectapi.GetContactMetrics(s.getContactMetrics),

		connectapi.TagResource(s.tagResource),
		connectapi.UntagResource(s.untagResource),
		connectapi.ListTagsForResource(s.listTagsForResource),
		connectapi.SearchResourceTags(s.searchResourceTags),

		connectapi.CreateTaskTemplate(s.createTaskTemplate),
		connectapi.GetTaskTemplate(s.getTaskTemplate),
		connectapi.ListTaskTemplates(s.listTaskTemplates),
		connectapi.UpdateTaskTemplate(s.updateTaskTemplate),
		connectapi.DeleteTaskTemplate(s.deleteTaskTemplate),
	}
}

// find returns the instance that a request names by id or ARN.
func (s *Service) find(ctx context.Context, instance *string) (Center, error) {
	caller := wire.CallerFrom(ctx)
	name := value(instance)
	c, err := s.cfg.Centers.Find(caller.Account, caller.Region, center.InstanceID(bare(name)))
	if err != nil && !noSuch(err) {
		return nil, fmt.Errorf("find instance %s: %w", bare(name), err)
	}
	if err != nil || name != bare(name) && name != instanceOf(c).ARN {
		return nil, &connectapi.ResourceNotFoundException{Message: "The specified instance was not found: " + name}
	}
	return s.present(ctx, c), nil
}

// noSuch reports whether an error of Centers.Find means that there is no such instance.
func noSuch(err error) bool {
	var r *center.Refused
	return errors.As(err, &r)
}

// submit sends a command to the instance that a request names and words its refusal.
func (s *Service) submit(ctx context.Context, instance *string, cmd center.Command) (center.Instance, center.Step, error) {
	c, err := s.find(ctx, instance)
	if err != nil {
		return center.Instance{}, center.Step{}, err
	}
	step, err := c.Submit(ctx, cmd)
	if err != nil {
		return center.Instance{}, center.Step{}, modelled(err)
	}
	return instanceOf(c), step, nil
}

// done sends a command whose answer is empty.
func (s *Service) done(ctx context.Context, instance *string, cmd center.Command) error {
	_, _, err := s.submit(ctx, instance, cmd)
	return err
}

// read looks into the directory of the instance that a request names. What f takes out of it must not be changed.
func (s *Service) read(ctx context.Context, instance *string, f func(d *directory.Directory) error) error {
	c, err := s.find(ctx, instance)
	if err != nil {
		return err
	}
	c.View().Directory(func(d *directory.Directory) { err = f(d) })
	return err
}

func instanceOf(c Center) (inst center.Instance) {
	c.View().Directory(func(d *directory.Directory) { inst = d.Instance })
	return inst
}

// saved finds the first event of a kind in a step: what a create command made.
func saved[E center.Event](step center.Step) (E, error) {
	for _, e := range step.Events {
		if e, ok := e.(E); ok {
			return e, nil
		}
	}
	var none E
	return none, fmt.Errorf("the step at %d has no %T", step.Stamp.Place, none)
}
