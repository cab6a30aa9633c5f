package directory

// How much an instance holds. The first group are AWS's own figures: what the API model or the service quotas page state.
// The second group are quotas that AWS raises on request; they are set so that large centers fit, and only keep an
// instance from growing without end.
const (
	nameMax          = 127 // characters
	descriptionMax   = 250 // characters
	tagsMax          = 50  // of a resource
	tagKeyMax        = 128 // characters
	tagValueMax      = 256 // characters
	statusesMax      = 50  // of an instance; AWS does not raise it
	statusOrderMax   = 50
	hoursSlotsMax    = 100 // of hours of operation
	profileQueuesMax = 50  // pairs of queue and channel in a routing profile
	priorityMax      = 99
	delayMax         = 9999      // seconds
	slotsMax         = 10        // contacts of one channel at once; voice: 1
	acwMax           = 2_000_000 // seconds
	securityOfUser   = 10        // security profiles of a user
	usernameMax      = 20        // characters; with SAML usernameMaxSAML
	usernameMaxSAML  = 64        // characters
	firstNameMax     = 255       // characters
	lastNameMax      = 300       // characters
	emailMax         = 265       // characters
	callerNameMax    = 255       // characters
	numberTextMax    = 500       // characters of a phone number's description
	overridesMax     = 50        // of hours of operation; AWS does not raise it
	permissionsMax   = 500       // of a security profile
	permissionMax    = 128       // characters
	groupNameMax     = 100       // characters
	levelNameMax     = 50        // characters
	attrNameMax      = 100       // characters; of values and purposes as well
	attrValuesMax    = 500       // of a predefined attribute
	attrPurposesMax  = 10        // of a predefined attribute
	proficienciesMax = 10        // of a user
	templatesMax     = 50        // task templates of an instance
	fieldsMax        = 50        // of a task template
	optionsMax       = 50        // of a field of a task template
	templateNameMax  = 100       // characters; of fields and options as well
	templateTextMax  = 255       // characters of a description
	fieldValueMax    = 4096      // characters

	hoursMax    = 1_000
	queuesMax   = 10_000 // without the queues of agents
	profilesMax = 5_000
	usersMax    = 50_000
	flowsMax    = 5_000
	numbersMax  = 5_000
	connectsMax = 5_000
	securityMax = 500
	groupsMax   = 500
	attrsMax    = 500
	tokensMax   = 10_000 // client tokens of claims that still count
)
