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

	hoursMax    = 1_000
	queuesMax   = 10_000 // without the queues of agents
	profilesMax = 5_000
	usersMax    = 50_000
	flowsMax    = 5_000
	numbersMax  = 5_000
	tokensMax   = 10_000 // client tokens of claims that still count
)
