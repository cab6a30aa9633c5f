// Package connect is the Amazon Connect API: one file an operation, each a translation between the API's shapes and the
// words of the center. It decides nothing about contacts or configuration: it submits commands to an instance's
// switchboard, and reads what is committed from its live view and its contact store.
//
// It follows https://docs.aws.amazon.com/connect/latest/APIReference/. An operation answers only with errors that the API
// model declares for it; every operation may answer ThrottlingException and InternalServiceException besides. Where AWS
// has been seen to word an error in a certain way, the same words are used; other messages are ours.
//
// Where it differs on purpose:
//
//   - An instance is ACTIVE as soon as CreateInstance answers; AWS takes minutes. It has no InstanceAccessUrl, since there
//     is no website behind it.
//   - Settings that nothing here honours are refused with InvalidParameterException or InvalidRequestException naming
//     the member, where AWS would accept them: EXISTING_DIRECTORY, storage other than a Kinesis data stream, settings
//     by channel, desk phones, e-mail, answering machine detection, campaigns, tasks from templates, the flow of a
//     template for tasks that agents give themselves, queues of routing profiles for manual assignment, restrictions of
//     security profiles, hours of operation that inherit others, validation of predefined attributes, attachments,
//     instance attributes that would switch on what is not there, saving a flow without publishing it once it was
//     published, and the metric ESTIMATED_WAIT_TIME.
//   - AssociateInstanceStorageConfig and UpdateInstanceStorageConfig answer ResourceNotFoundException for a stream that
//     does not exist. AWS documents that it must exist, and not which error says so.
//   - A well-formed phone number of a known country can be claimed whether or not a search has offered it, since nothing
//     is bought; numbers of Canada count as numbers of the United States. A released number is free at once; AWS keeps it
//     for up to 180 days. British mobile numbers can be dialled, as after AWS's quota increase.
//   - Nobody signs in here, so nothing asks for the permissions of a security profile; they are kept as they are named.
//   - Routing criteria: AWS states 5 steps and 3 versions that are kept; at most 24 conditions in 4 levels of expressions, 100
//     agents in a condition and a week until a step expires are ours. A contact that rings at an agent rings on past the end of
//     its step, and its criteria cannot change meanwhile. A step that other criteria replace, or whose contact leaves the queue,
//     is INTERRUPTED in records and events; DescribeContact, whose model has no such status, shows INACTIVE.
//   - DescribeContact has no NextContacts: contacts do not note the quick connect that led to the next.
//   - The prompts of an instance are those that AWS gives a new one, by name: there is no sound behind them, and CreatePrompt
//     is not served.
//   - Searches sort by id. Texts that a field contains or begins with are found in any case, and names of fields are taken
//     in any case. SearchQueues finds standard queues only.
//   - A user can be deleted while a quick connect leads to it, as in AWS; a queue cannot, which AWS does not document.
//   - UpdateContactAttributes and GetContactAttributes are about one contact. A contact that continues another begins with
//     its attributes; later changes of one do not reach the other, as they do in AWS within a chain of PreviousContactId.
//   - Client tokens are remembered for 7 days, which AWS documents for StartOutboundVoiceContact alone. Those of contacts
//     and claimed numbers survive a restart, and so does that of CreateInstance. Those of AssociateInstanceStorageConfig,
//     ReleasePhoneNumber and CreateTaskTemplate do not: a repeat after a restart is answered with ResourceConflictException,
//     ResourceNotFoundException, or PropertyValidationException, because the first one took effect. Those of UpdatePhoneNumber and
//     UpdatePhoneNumberMetadata do not either: a repeat after a restart is done again. At most 10,000 of CreateInstance
//     and these five are remembered.
//   - UpdatePhoneNumber has moved the number when it answers; AWS lets it go on. A number that a queue calls out with is
//     not moved, as it is not released: ResourceInUseException. When a failure cuts a move short the number is the
//     target's, and the same call again finishes it; until then the instance it came from still takes calls to it.
//     UpdatePhoneNumberMetadata without a description leaves the one there is, which AWS does not document.
//   - A NextToken of GetCurrentMetricData expires after 5 minutes, as documented, but there is no snapshot behind it: each
//     page shows its own moment, and DataSnapshotTime says which. Other NextTokens do not expire.
//   - SearchContacts finds contacts by all of their attributes, tags and segment attributes; AWS wants attributes to be
//     configured for that. Without Sort the newest by the time of the range come first, and TotalCount is of the first page.
//     It is refused to ask for ContactAnalysis, RoutingCriteria and ActiveRegions, and for more than 8 weeks.
//   - Historical metrics count a contact once it is completed, after-contact work included, in the interval in which it was
//     disconnected (or in which it began, was queued, was connected, where the name of the metric says so). Agents' time is
//     kept by quarters of an hour: a range counts the one in which it begins as a whole. Contacts of supervisors who listen do not count,
//     calls that agents place count for no answer rate. Weeks begin on Monday. Metrics of outbound campaigns, cases, bots,
//     flows, evaluations, Contact Lens, scheduling, messages and AI agents are refused by name, and so are
//     AVG_AGENT_CONCURRENCY, SUM_RETRY_CALLBACK_ATTEMPTS, and OCCUPANCY and CONTACTS_CONSULTED of GetMetricData.
//   - GetContactMetrics knows POSITION_IN_QUEUE: among the contacts of one channel in the queue.
//   - Without SortOrder the metrics are sorted from the highest down, which AWS does not document.
package connect
