package apitest

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/api/dynamodbapi"
	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/api/stsapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// An exchange is one operation with the SDK's call of it, types erased.
type exchange struct {
	name string
	// op makes the operation: took gets the decoded input, give returns the output to encode, both pointers.
	op func(took func(any), give func() any) wire.Operation
	// newInput and newOutput make the SDK's input and our output.
	newInput  func() any
	newOutput func() any
	// call sends the SDK's input.
	call func(ctx context.Context, client, input any) (any, error)
}

// pair joins our constructor of an operation with the SDK's method.
func pair[I, O, C, SI, SO, Opt any](
	name string,
	ours func(func(context.Context, *I) (*O, error)) wire.Operation,
	theirs func(*C, context.Context, *SI, ...func(*Opt)) (*SO, error),
) exchange {
	return exchange{
		name: name,
		op: func(took func(any), give func() any) wire.Operation {
			return ours(func(_ context.Context, in *I) (*O, error) {
				took(in)
				return give().(*O), nil
			})
		},
		newInput:  func() any { return new(SI) },
		newOutput: func() any { return new(O) },
		call: func(ctx context.Context, client, input any) (any, error) {
			return theirs(client.(*C), ctx, input.(*SI))
		},
	}
}

var kinesisExchanges = []exchange{
	pair("AddTagsToStream", kinesisapi.AddTagsToStream, (*kinesis.Client).AddTagsToStream),
	pair("CreateStream", kinesisapi.CreateStream, (*kinesis.Client).CreateStream),
	pair("DecreaseStreamRetentionPeriod", kinesisapi.DecreaseStreamRetentionPeriod, (*kinesis.Client).DecreaseStreamRetentionPeriod),
	pair("DeleteResourcePolicy", kinesisapi.DeleteResourcePolicy, (*kinesis.Client).DeleteResourcePolicy),
	pair("DeleteStream", kinesisapi.DeleteStream, (*kinesis.Client).DeleteStream),
	pair("DeregisterStreamConsumer", kinesisapi.DeregisterStreamConsumer, (*kinesis.Client).DeregisterStreamConsumer),
	pair("DescribeAccountSettings", kinesisapi.DescribeAccountSettings, (*kinesis.Client).DescribeAccountSettings),
	pair("DescribeLimits", kinesisapi.DescribeLimits, (*kinesis.Client).DescribeLimits),
	pair("DescribeStream", kinesisapi.DescribeStream, (*kinesis.Client).DescribeStream),
	pair("DescribeStreamConsumer", kinesisapi.DescribeStreamConsumer, (*kinesis.Client).DescribeStreamConsumer),
	pair("DescribeStreamSummary", kinesisapi.DescribeStreamSummary, (*kinesis.Client).DescribeStreamSummary),
	pair("DisableEnhancedMonitoring", kinesisapi.DisableEnhancedMonitoring, (*kinesis.Client).DisableEnhancedMonitoring),
	pair("EnableEnhancedMonitoring", kinesisapi.EnableEnhancedMonitoring, (*kinesis.Client).EnableEnhancedMonitoring),
	pair("GetRecords", kinesisapi.GetRecords, (*kinesis.Client).GetRecords),
	pair("GetResourcePolicy", kinesisapi.GetResourcePolicy, (*kinesis.Client).GetResourcePolicy),
	pair("GetShardIterator", kinesisapi.GetShardIterator, (*kinesis.Client).GetShardIterator),
	pair("IncreaseStreamRetentionPeriod", kinesisapi.IncreaseStreamRetentionPeriod, (*kinesis.Client).IncreaseStreamRetentionPeriod),
	pair("ListShards", kinesisapi.ListShards, (*kinesis.Client).ListShards),
	pair("ListStreamConsumers", kinesisapi.ListStreamConsumers, (*kinesis.Client).ListStreamConsumers),
	pair("ListStreams", kinesisapi.ListStreams, (*kinesis.Client).ListStreams),
	pair("ListTagsForResource", kinesisapi.ListTagsForResource, (*kinesis.Client).ListTagsForResource),
	pair("ListTagsForStream", kinesisapi.ListTagsForStream, (*kinesis.Client).ListTagsForStream),
	pair("MergeShards", kinesisapi.MergeShards, (*kinesis.Client).MergeShards),
	pair("PutRecord", kinesisapi.PutRecord, (*kinesis.Client).PutRecord),
	pair("PutRecords", kinesisapi.PutRecords, (*kinesis.Client).PutRecords),
	pair("PutResourcePolicy", kinesisapi.PutResourcePolicy, (*kinesis.Client).PutResourcePolicy),
	pair("RegisterStreamConsumer", kinesisapi.RegisterStreamConsumer, (*kinesis.Client).RegisterStreamConsumer),
	pair("RemoveTagsFromStream", kinesisapi.RemoveTagsFromStream, (*kinesis.Client).RemoveTagsFromStream),
	pair("SplitShard", kinesisapi.SplitShard, (*kinesis.Client).SplitShard),
	pair("StartStreamEncryption", kinesisapi.StartStreamEncryption, (*kinesis.Client).StartStreamEncryption),
	pair("StopStreamEncryption", kinesisapi.StopStreamEncryption, (*kinesis.Client).StopStreamEncryption),
	pair("TagResource", kinesisapi.TagResource, (*kinesis.Client).TagResource),
	pair("UntagResource", kinesisapi.UntagResource, (*kinesis.Client).UntagResource),
	pair("UpdateAccountSettings", kinesisapi.UpdateAccountSettings, (*kinesis.Client).UpdateAccountSettings),
	pair("UpdateMaxRecordSize", kinesisapi.UpdateMaxRecordSize, (*kinesis.Client).UpdateMaxRecordSize),
	pair("UpdateShardCount", kinesisapi.UpdateShardCount, (*kinesis.Client).UpdateShardCount),
	pair("UpdateStreamMode", kinesisapi.UpdateStreamMode, (*kinesis.Client).UpdateStreamMode),
	pair("UpdateStreamWarmThroughput", kinesisapi.UpdateStreamWarmThroughput, (*kinesis.Client).UpdateStreamWarmThroughput),
}

var connectExchanges = []exchange{
	pair("AssociateInstanceStorageConfig", connectapi.AssociateInstanceStorageConfig, (*connect.Client).AssociateInstanceStorageConfig),
	pair("AssociateLambdaFunction", connectapi.AssociateLambdaFunction, (*connect.Client).AssociateLambdaFunction),
	pair("AssociatePhoneNumberContactFlow", connectapi.AssociatePhoneNumberContactFlow, (*connect.Client).AssociatePhoneNumberContactFlow),
	pair("AssociateQueueQuickConnects", connectapi.AssociateQueueQuickConnects, (*connect.Client).AssociateQueueQuickConnects),
	pair("AssociateRoutingProfileQueues", connectapi.AssociateRoutingProfileQueues, (*connect.Client).AssociateRoutingProfileQueues),
	pair("AssociateUserProficiencies", connectapi.AssociateUserProficiencies, (*connect.Client).AssociateUserProficiencies),
	pair("SearchContacts", connectapi.SearchContacts, (*connect.Client).SearchContacts),
	pair("GetMetricData", connectapi.GetMetricData, (*connect.Client).GetMetricData),
	pair("GetMetricDataV2", connectapi.GetMetricDataV2, (*connect.Client).GetMetricDataV2),
	pair("GetContactMetrics", connectapi.GetContactMetrics, (*connect.Client).GetContactMetrics),
	pair("ListContactReferences", connectapi.ListContactReferences, (*connect.Client).ListContactReferences),
	pair("ListAssociatedContacts", connectapi.ListAssociatedContacts, (*connect.Client).ListAssociatedContacts),
	pair("ClaimPhoneNumber", connectapi.ClaimPhoneNumber, (*connect.Client).ClaimPhoneNumber),
	pair("CreateAgentStatus", connectapi.CreateAgentStatus, (*connect.Client).CreateAgentStatus),
	pair("CreateContactFlow", connectapi.CreateContactFlow, (*connect.Client).CreateContactFlow),
	pair("CreateContactFlowModule", connectapi.CreateContactFlowModule, (*connect.Client).CreateContactFlowModule),
	pair("CreateHoursOfOperation", connectapi.CreateHoursOfOperation, (*connect.Client).CreateHoursOfOperation),
	pair("CreateHoursOfOperationOverride", connectapi.CreateHoursOfOperationOverride, (*connect.Client).CreateHoursOfOperationOverride),
	pair("CreateInstance", connectapi.CreateInstance, (*connect.Client).CreateInstance),
	pair("CreatePredefinedAttribute", connectapi.CreatePredefinedAttribute, (*connect.Client).CreatePredefinedAttribute),
	pair("CreateQueue", connectapi.CreateQueue, (*connect.Client).CreateQueue),
	pair("CreateQuickConnect", connectapi.CreateQuickConnect, (*connect.Client).CreateQuickConnect),
	pair("CreateRoutingProfile", connectapi.CreateRoutingProfile, (*connect.Client).CreateRoutingProfile),
	pair("CreateSecurityProfile", connectapi.CreateSecurityProfile, (*connect.Client).CreateSecurityProfile),
	pair("CreateTaskTemplate", connectapi.CreateTaskTemplate, (*connect.Client).CreateTaskTemplate),
	pair("CreateUser", connectapi.CreateUser, (*connect.Client).CreateUser),
	pair("CreateUserHierarchyGroup", connectapi.CreateUserHierarchyGroup, (*connect.Client).CreateUserHierarchyGroup),
	pair("DeleteContactFlow", connectapi.DeleteContactFlow, (*connect.Client).DeleteContactFlow),
	pair("DeleteContactFlowModule", connectapi.DeleteContactFlowModule, (*connect.Client).DeleteContactFlowModule),
	pair("DeleteHoursOfOperation", connectapi.DeleteHoursOfOperation, (*connect.Client).DeleteHoursOfOperation),
	pair("DeleteHoursOfOperationOverride", connectapi.DeleteHoursOfOperationOverride, (*connect.Client).DeleteHoursOfOperationOverride),
	pair("DeleteInstance", connectapi.DeleteInstance, (*connect.Client).DeleteInstance),
	pair("DeletePredefinedAttribute", connectapi.DeletePredefinedAttribute, (*connect.Client).DeletePredefinedAttribute),
	pair("DeletePrompt", connectapi.DeletePrompt, (*connect.Client).DeletePrompt),
	pair("DeleteQueue", connectapi.DeleteQueue, (*connect.Client).DeleteQueue),
	pair("DeleteQuickConnect", connectapi.DeleteQuickConnect, (*connect.Client).DeleteQuickConnect),
	pair("DeleteRoutingProfile", connectapi.DeleteRoutingProfile, (*connect.Client).DeleteRoutingProfile),
	pair("DeleteSecurityProfile", connectapi.DeleteSecurityProfile, (*connect.Client).DeleteSecurityProfile),
	pair("DeleteTaskTemplate", connectapi.DeleteTaskTemplate, (*connect.Client).DeleteTaskTemplate),
	pair("DeleteUser", connectapi.DeleteUser, (*connect.Client).DeleteUser),
	pair("DeleteUserHierarchyGroup", connectapi.DeleteUserHierarchyGroup, (*connect.Client).DeleteUserHierarchyGroup),
	pair("DescribeAgentStatus", connectapi.DescribeAgentStatus, (*connect.Client).DescribeAgentStatus),
	pair("DescribeContact", connectapi.DescribeContact, (*connect.Client).DescribeContact),
	pair("DescribeContactFlow", connectapi.DescribeContactFlow, (*connect.Client).DescribeContactFlow),
	pair("DescribeContactFlowModule", connectapi.DescribeContactFlowModule, (*connect.Client).DescribeContactFlowModule),
	pair("DescribeHoursOfOperation", connectapi.DescribeHoursOfOperation, (*connect.Client).DescribeHoursOfOperation),
	pair("DescribeHoursOfOperationOverride", connectapi.DescribeHoursOfOperationOverride, (*connect.Client).DescribeHoursOfOperationOverride),
	pair("DescribeInstance", connectapi.DescribeInstance, (*connect.Client).DescribeInstance),
	pair("DescribeInstanceAttribute", connectapi.DescribeInstanceAttribute, (*connect.Client).DescribeInstanceAttribute),
	pair("DescribeInstanceStorageConfig", connectapi.DescribeInstanceStorageConfig, (*connect.Client).DescribeInstanceStorageConfig),
	pair("DescribePhoneNumber", connectapi.DescribePhoneNumber, (*connect.Client).DescribePhoneNumber),
	pair("DescribePredefinedAttribute", connectapi.DescribePredefinedAttribute, (*connect.Client).DescribePredefinedAttribute),
	pair("DescribePrompt", connectapi.DescribePrompt, (*connect.Client).DescribePrompt),
	pair("DescribeQueue", connectapi.DescribeQueue, (*connect.Client).DescribeQueue),
	pair("DescribeQuickConnect", connectapi.DescribeQuickConnect, (*connect.Client).DescribeQuickConnect),
	pair("DescribeRoutingProfile", connectapi.DescribeRoutingProfile, (*connect.Client).DescribeRoutingProfile),
	pair("DescribeSecurityProfile", connectapi.DescribeSecurityProfile, (*connect.Client).DescribeSecurityProfile),
	pair("DescribeUser", connectapi.DescribeUser, (*connect.Client).DescribeUser),
	pair("DescribeUserHierarchyGroup", connectapi.DescribeUserHierarchyGroup, (*connect.Client).DescribeUserHierarchyGroup),
	pair("DescribeUserHierarchyStructure", connectapi.DescribeUserHierarchyStructure, (*connect.Client).DescribeUserHierarchyStructure),
	pair("DisassociateInstanceStorageConfig", connectapi.DisassociateInstanceStorageConfig, (*connect.Client).DisassociateInstanceStorageConfig),
	pair("DisassociateLambdaFunction", connectapi.DisassociateLambdaFunction, (*connect.Client).DisassociateLambdaFunction),
	pair("DisassociatePhoneNumberContactFlow", connectapi.DisassociatePhoneNumberContactFlow, (*connect.Client).DisassociatePhoneNumberContactFlow),
	pair("DisassociateQueueQuickConnects", connectapi.DisassociateQueueQuickConnects, (*connect.Client).DisassociateQueueQuickConnects),
	pair("DisassociateRoutingProfileQueues", connectapi.DisassociateRoutingProfileQueues, (*connect.Client).DisassociateRoutingProfileQueues),
	pair("DisassociateUserProficiencies", connectapi.DisassociateUserProficiencies, (*connect.Client).DisassociateUserProficiencies),
	pair("DismissUserContact", connectapi.DismissUserContact, (*connect.Client).DismissUserContact),
	pair("GetContactAttributes", connectapi.GetContactAttributes, (*connect.Client).GetContactAttributes),
	pair("GetCurrentMetricData", connectapi.GetCurrentMetricData, (*connect.Client).GetCurrentMetricData),
	pair("GetCurrentUserData", connectapi.GetCurrentUserData, (*connect.Client).GetCurrentUserData),
	pair("GetEffectiveHoursOfOperations", connectapi.GetEffectiveHoursOfOperations, (*connect.Client).GetEffectiveHoursOfOperations),
	pair("GetTaskTemplate", connectapi.GetTaskTemplate, (*connect.Client).GetTaskTemplate),
	pair("ListAgentStatuses", connectapi.ListAgentStatuses, (*connect.Client).ListAgentStatuses),
	pair("ListContactFlowModules", connectapi.ListContactFlowModules, (*connect.Client).ListContactFlowModules),
	pair("ListContactFlows", connectapi.ListContactFlows, (*connect.Client).ListContactFlows),
	pair("ListHoursOfOperationOverrides", connectapi.ListHoursOfOperationOverrides, (*connect.Client).ListHoursOfOperationOverrides),
	pair("ListHoursOfOperations", connectapi.ListHoursOfOperations, (*connect.Client).ListHoursOfOperations),
	pair("ListInstanceAttributes", connectapi.ListInstanceAttributes, (*connect.Client).ListInstanceAttributes),
	pair("ListInstanceStorageConfigs", connectapi.ListInstanceStorageConfigs, (*connect.Client).ListInstanceStorageConfigs),
	pair("ListInstances", connectapi.ListInstances, (*connect.Client).ListInstances),
	pair("ListLambdaFunctions", connectapi.ListLambdaFunctions, (*connect.Client).ListLambdaFunctions),
	pair("ListPhoneNumbers", connectapi.ListPhoneNumbers, (*connect.Client).ListPhoneNumbers),
	pair("ListPhoneNumbersV2", connectapi.ListPhoneNumbersV2, (*connect.Client).ListPhoneNumbersV2),
	pair("ListPredefinedAttributes", connectapi.ListPredefinedAttributes, (*connect.Client).ListPredefinedAttributes),
	pair("ListPrompts", connectapi.ListPrompts, (*connect.Client).ListPrompts),
	pair("ListQueueQuickConnects", connectapi.ListQueueQuickConnects, (*connect.Client).ListQueueQuickConnects),
	pair("ListQueues", connectapi.ListQueues, (*connect.Client).ListQueues),
	pair("ListQuickConnects", connectapi.ListQuickConnects, (*connect.Client).ListQuickConnects),
	pair("ListRoutingProfileQueues", connectapi.ListRoutingProfileQueues, (*connect.Client).ListRoutingProfileQueues),
	pair("ListRoutingProfiles", connectapi.ListRoutingProfiles, (*connect.Client).ListRoutingProfiles),
	pair("ListSecurityProfilePermissions", connectapi.ListSecurityProfilePermissions, (*connect.Client).ListSecurityProfilePermissions),
	pair("ListSecurityProfiles", connectapi.ListSecurityProfiles, (*connect.Client).ListSecurityProfiles),
	pair("ListTagsForResource", connectapi.ListTagsForResource, (*connect.Client).ListTagsForResource),
	pair("ListTaskTemplates", connectapi.ListTaskTemplates, (*connect.Client).ListTaskTemplates),
	pair("ListUserHierarchyGroups", connectapi.ListUserHierarchyGroups, (*connect.Client).ListUserHierarchyGroups),
	pair("ListUserProficiencies", connectapi.ListUserProficiencies, (*connect.Client).ListUserProficiencies),
	pair("ListUsers", connectapi.ListUsers, (*connect.Client).ListUsers),
	pair("MonitorContact", connectapi.MonitorContact, (*connect.Client).MonitorContact),
	pair("PutUserStatus", connectapi.PutUserStatus, (*connect.Client).PutUserStatus),
	pair("ReleasePhoneNumber", connectapi.ReleasePhoneNumber, (*connect.Client).ReleasePhoneNumber),
	pair("SearchAgentStatuses", connectapi.SearchAgentStatuses, (*connect.Client).SearchAgentStatuses),
	pair("SearchAvailablePhoneNumbers", connectapi.SearchAvailablePhoneNumbers, (*connect.Client).SearchAvailablePhoneNumbers),
	pair("SearchContactFlowModules", connectapi.SearchContactFlowModules, (*connect.Client).SearchContactFlowModules),
	pair("SearchContactFlows", connectapi.SearchContactFlows, (*connect.Client).SearchContactFlows),
	pair("SearchHoursOfOperationOverrides", connectapi.SearchHoursOfOperationOverrides, (*connect.Client).SearchHoursOfOperationOverrides),
	pair("SearchHoursOfOperations", connectapi.SearchHoursOfOperations, (*connect.Client).SearchHoursOfOperations),
	pair("SearchPredefinedAttributes", connectapi.SearchPredefinedAttributes, (*connect.Client).SearchPredefinedAttributes),
	pair("SearchPrompts", connectapi.SearchPrompts, (*connect.Client).SearchPrompts),
	pair("SearchQueues", connectapi.SearchQueues, (*connect.Client).SearchQueues),
	pair("SearchQuickConnects", connectapi.SearchQuickConnects, (*connect.Client).SearchQuickConnects),
	pair("SearchResourceTags", connectapi.SearchResourceTags, (*connect.Client).SearchResourceTags),
	pair("SearchRoutingProfiles", connectapi.SearchRoutingProfiles, (*connect.Client).SearchRoutingProfiles),
	pair("SearchSecurityProfiles", connectapi.SearchSecurityProfiles, (*connect.Client).SearchSecurityProfiles),
	pair("SearchUserHierarchyGroups", connectapi.SearchUserHierarchyGroups, (*connect.Client).SearchUserHierarchyGroups),
	pair("SearchUsers", connectapi.SearchUsers, (*connect.Client).SearchUsers),
	pair("StartOutboundVoiceContact", connectapi.StartOutboundVoiceContact, (*connect.Client).StartOutboundVoiceContact),
	pair("StartTaskContact", connectapi.StartTaskContact, (*connect.Client).StartTaskContact),
	pair("StopContact", connectapi.StopContact, (*connect.Client).StopContact),
	pair("PauseContact", connectapi.PauseContact, (*connect.Client).PauseContact),
	pair("ResumeContact", connectapi.ResumeContact, (*connect.Client).ResumeContact),
	pair("TransferContact", connectapi.TransferContact, (*connect.Client).TransferContact),
	pair("UpdateContact", connectapi.UpdateContact, (*connect.Client).UpdateContact),
	pair("UpdateContactSchedule", connectapi.UpdateContactSchedule, (*connect.Client).UpdateContactSchedule),
	pair("UpdateContactRoutingData", connectapi.UpdateContactRoutingData, (*connect.Client).UpdateContactRoutingData),
	pair("TagContact", connectapi.TagContact, (*connect.Client).TagContact),
	pair("UntagContact", connectapi.UntagContact, (*connect.Client).UntagContact),
	pair("TagResource", connectapi.TagResource, (*connect.Client).TagResource),
	pair("UntagResource", connectapi.UntagResource, (*connect.Client).UntagResource),
	pair("UpdateAgentStatus", connectapi.UpdateAgentStatus, (*connect.Client).UpdateAgentStatus),
	pair("UpdateContactAttributes", connectapi.UpdateContactAttributes, (*connect.Client).UpdateContactAttributes),
	pair("UpdateContactFlowContent", connectapi.UpdateContactFlowContent, (*connect.Client).UpdateContactFlowContent),
	pair("UpdateContactFlowMetadata", connectapi.UpdateContactFlowMetadata, (*connect.Client).UpdateContactFlowMetadata),
	pair("UpdateContactFlowModuleContent", connectapi.UpdateContactFlowModuleContent, (*connect.Client).UpdateContactFlowModuleContent),
	pair("UpdateContactFlowModuleMetadata", connectapi.UpdateContactFlowModuleMetadata, (*connect.Client).UpdateContactFlowModuleMetadata),
	pair("UpdateContactFlowName", connectapi.UpdateContactFlowName, (*connect.Client).UpdateContactFlowName),
	pair("UpdateHoursOfOperation", connectapi.UpdateHoursOfOperation, (*connect.Client).UpdateHoursOfOperation),
	pair("UpdateHoursOfOperationOverride", connectapi.UpdateHoursOfOperationOverride, (*connect.Client).UpdateHoursOfOperationOverride),
	pair("UpdateInstanceAttribute", connectapi.UpdateInstanceAttribute, (*connect.Client).UpdateInstanceAttribute),
	pair("UpdateInstanceStorageConfig", connectapi.UpdateInstanceStorageConfig, (*connect.Client).UpdateInstanceStorageConfig),
	pair("UpdatePhoneNumber", connectapi.UpdatePhoneNumber, (*connect.Client).UpdatePhoneNumber),
	pair("UpdatePhoneNumberMetadata", connectapi.UpdatePhoneNumberMetadata, (*connect.Client).UpdatePhoneNumberMetadata),
	pair("UpdatePredefinedAttribute", connectapi.UpdatePredefinedAttribute, (*connect.Client).UpdatePredefinedAttribute),
	pair("UpdatePrompt", connectapi.UpdatePrompt, (*connect.Client).UpdatePrompt),
	pair("UpdateQueueHoursOfOperation", connectapi.UpdateQueueHoursOfOperation, (*connect.Client).UpdateQueueHoursOfOperation),
	pair("UpdateQueueMaxContacts", connectapi.UpdateQueueMaxContacts, (*connect.Client).UpdateQueueMaxContacts),
	pair("UpdateQueueName", connectapi.UpdateQueueName, (*connect.Client).UpdateQueueName),
	pair("UpdateQueueOutboundCallerConfig", connectapi.UpdateQueueOutboundCallerConfig, (*connect.Client).UpdateQueueOutboundCallerConfig),
	pair("UpdateQueueStatus", connectapi.UpdateQueueStatus, (*connect.Client).UpdateQueueStatus),
	pair("UpdateQuickConnectConfig", connectapi.UpdateQuickConnectConfig, (*connect.Client).UpdateQuickConnectConfig),
	pair("UpdateQuickConnectName", connectapi.UpdateQuickConnectName, (*connect.Client).UpdateQuickConnectName),
	pair("UpdateRoutingProfileAgentAvailabilityTimer", connectapi.UpdateRoutingProfileAgentAvailabilityTimer, (*connect.Client).UpdateRoutingProfileAgentAvailabilityTimer),
	pair("UpdateRoutingProfileConcurrency", connectapi.UpdateRoutingProfileConcurrency, (*connect.Client).UpdateRoutingProfileConcurrency),
	pair("UpdateRoutingProfileDefaultOutboundQueue", connectapi.UpdateRoutingProfileDefaultOutboundQueue, (*connect.Client).UpdateRoutingProfileDefaultOutboundQueue),
	pair("UpdateRoutingProfileName", connectapi.UpdateRoutingProfileName, (*connect.Client).UpdateRoutingProfileName),
	pair("UpdateRoutingProfileQueues", connectapi.UpdateRoutingProfileQueues, (*connect.Client).UpdateRoutingProfileQueues),
	pair("UpdateSecurityProfile", connectapi.UpdateSecurityProfile, (*connect.Client).UpdateSecurityProfile),
	pair("UpdateTaskTemplate", connectapi.UpdateTaskTemplate, (*connect.Client).UpdateTaskTemplate),
	pair("UpdateUserHierarchy", connectapi.UpdateUserHierarchy, (*connect.Client).UpdateUserHierarchy),
	pair("UpdateUserHierarchyGroupName", connectapi.UpdateUserHierarchyGroupName, (*connect.Client).UpdateUserHierarchyGroupName),
	pair("UpdateUserHierarchyStructure", connectapi.UpdateUserHierarchyStructure, (*connect.Client).UpdateUserHierarchyStructure),
	pair("UpdateUserIdentityInfo", connectapi.UpdateUserIdentityInfo, (*connect.Client).UpdateUserIdentityInfo),
	pair("UpdateUserPhoneConfig", connectapi.UpdateUserPhoneConfig, (*connect.Client).UpdateUserPhoneConfig),
	pair("UpdateUserProficiencies", connectapi.UpdateUserProficiencies, (*connect.Client).UpdateUserProficiencies),
	pair("UpdateUserRoutingProfile", connectapi.UpdateUserRoutingProfile, (*connect.Client).UpdateUserRoutingProfile),
	pair("UpdateUserSecurityProfiles", connectapi.UpdateUserSecurityProfiles, (*connect.Client).UpdateUserSecurityProfiles),
}

var cloudwatchExchanges = []exchange{
	pair("GetMetricData", cloudwatchapi.GetMetricData, (*cloudwatch.Client).GetMetricData),
	pair("GetMetricStatistics", cloudwatchapi.GetMetricStatistics, (*cloudwatch.Client).GetMetricStatistics),
	pair("ListMetrics", cloudwatchapi.ListMetrics, (*cloudwatch.Client).ListMetrics),
	pair("PutMetricData", cloudwatchapi.PutMetricData, (*cloudwatch.Client).PutMetricData),
}

var dynamodbExchanges = []exchange{
	pair("BatchGetItem", dynamodbapi.BatchGetItem, (*dynamodb.Client).BatchGetItem),
	pair("BatchWriteItem", dynamodbapi.BatchWriteItem, (*dynamodb.Client).BatchWriteItem),
	pair("CreateTable", dynamodbapi.CreateTable, (*dynamodb.Client).CreateTable),
	pair("DeleteItem", dynamodbapi.DeleteItem, (*dynamodb.Client).DeleteItem),
	pair("DeleteTable", dynamodbapi.DeleteTable, (*dynamodb.Client).DeleteTable),
	pair("DescribeContinuousBackups", dynamodbapi.DescribeContinuousBackups, (*dynamodb.Client).DescribeContinuousBackups),
	pair("DescribeLimits", dynamodbapi.DescribeLimits, (*dynamodb.Client).DescribeLimits),
	pair("DescribeTable", dynamodbapi.DescribeTable, (*dynamodb.Client).DescribeTable),
	pair("DescribeTimeToLive", dynamodbapi.DescribeTimeToLive, (*dynamodb.Client).DescribeTimeToLive),
	pair("GetItem", dynamodbapi.GetItem, (*dynamodb.Client).GetItem),
	pair("ListTables", dynamodbapi.ListTables, (*dynamodb.Client).ListTables),
	pair("ListTagsOfResource", dynamodbapi.ListTagsOfResource, (*dynamodb.Client).ListTagsOfResource),
	pair("PutItem", dynamodbapi.PutItem, (*dynamodb.Client).PutItem),
	pair("Query", dynamodbapi.Query, (*dynamodb.Client).Query),
	pair("Scan", dynamodbapi.Scan, (*dynamodb.Client).Scan),
	pair("TagResource", dynamodbapi.TagResource, (*dynamodb.Client).TagResource),
	pair("TransactGetItems", dynamodbapi.TransactGetItems, (*dynamodb.Client).TransactGetItems),
	pair("TransactWriteItems", dynamodbapi.TransactWriteItems, (*dynamodb.Client).TransactWriteItems),
	pair("UntagResource", dynamodbapi.UntagResource, (*dynamodb.Client).UntagResource),
	pair("UpdateContinuousBackups", dynamodbapi.UpdateContinuousBackups, (*dynamodb.Client).UpdateContinuousBackups),
	pair("UpdateItem", dynamodbapi.UpdateItem, (*dynamodb.Client).UpdateItem),
	pair("UpdateTable", dynamodbapi.UpdateTable, (*dynamodb.Client).UpdateTable),
	pair("UpdateTimeToLive", dynamodbapi.UpdateTimeToLive, (*dynamodb.Client).UpdateTimeToLive),
}

var stsExchanges = []exchange{
	pair("GetCallerIdentity", stsapi.GetCallerIdentity, (*sts.Client).GetCallerIdentity),
}
