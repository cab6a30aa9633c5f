package machine

import "time"

// What is bounded, and what time it takes. The figures of AWS are from its administrator guide and API models as read
// in 2026; the others are ours and keep one instance within the memory of one process.
const (
	openContactsMax  = 50_000  // contacts that are not completed; a new one is refused beyond
	clientTokensMax  = 200_000 // client tokens within their life; a new one is refused beyond
	outstandingMax   = 100_000 // effects that nothing has closed; a new call is refused beyond
	offersMax        = 64      // offers of one step; the next step goes on
	stepBytesMax     = 1 << 19 // bytes of texts (see weight) after which a step does nothing more that is due; the next step goes on
	runBytesMax      = 1 << 20 // bytes of texts that flows make of one command, or of one thing that is due; then they go in circles
	timersMax        = 256     // things done by one step because their time has come; the next step goes on
	reconfiguredMax  = 100     // agents whose configuration one step brings up to date; the next step goes on
	attributeBytes   = 32_768  // UTF-8 bytes of all attributes of a contact, keys and values
	nameMax          = 512     // characters of a contact's name
	descriptionMax   = 4_096   // characters of a contact's description
	clientTokenMax   = 500     // bytes
	wordsBytesMax    = 256_000 // UTF-8 bytes of all other text that a new contact carries
	partiesMax       = 3       // in a call: the customer, agents, external parties, supervisors who take part
	monitorsMax      = 5       // supervisors who listen to one call
	chatNameMax      = 256     // characters of a customer's name in a chat
	chatTextMax      = 1_024   // characters of a message
	chatJSONMax      = 12_000  // characters of a message that is JSON
	chatItemsMax     = 10_000  // messages and events in the transcript of a chat, that of what it continues included
	linkedMax        = 12      // tasks in a chain of linked ones
	sharersMax       = 24      // open tasks of one chain, linked one after the other or side by side: they share their attributes
	transfersMax     = 11      // transfers of a task
	pausesMax        = 10      // pauses of a task
	contactTagsMax   = 6       // tags of users on a contact
	movesMax         = 10      // times that flows move contacts from queue to queue in one step
	inputKeysMax     = 100     // keys that a customer presses at once
	inputTextMax     = 1_024   // characters that a customer writes at once
	ringVoice        = 20 * time.Second
	ringTask         = 30 * time.Second
	autoAcceptAfter  = 250 * time.Millisecond // AWS: less than a second
	ringTimeoutUsual = 60 * time.Second       // of an outbound call
	ringTimeoutLeast = 15 * time.Second
	ringTimeoutMost  = 60 * time.Second
	chatConnectMax   = 5 * time.Minute // for the customer of a chat to connect
	chatUsual        = 25 * time.Hour  // of a chat, from its start
	chatLeast        = time.Hour
	chatMost         = 7 * 24 * time.Hour
	silenceLeast     = 2 * time.Minute // of a participant of a chat
	silenceMost      = 8 * time.Hour
	scheduleAheadMax = 6 * 24 * time.Hour
	expiryUsual      = 7 * 24 * time.Hour // of a task, from when it begins
	expiryLeast      = time.Minute
	expiryMost       = 90 * 24 * time.Hour
)

// limits are the bounds that tests lower to reach them.
type limits struct {
	contacts, tokens, outstanding, offers, timers, reconfigured int
}

var usualLimits = limits{
	contacts: openContactsMax, tokens: clientTokensMax, outstanding: outstandingMax,
	offers: offersMax, timers: timersMax, reconfigured: reconfiguredMax,
}
