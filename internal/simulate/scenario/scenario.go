package scenario

import "time"

// Scenario is a center and what happens to it. What comes from Read has all defaults filled in and names nothing that
// is not there.
type Scenario struct {
	Name        string   `yaml:"name" need:"yes" is:"what the scenario is called; letters, digits and dashes" like:"name"`
	Description string   `yaml:"description" is:"one sentence"`
	Zone        string   `yaml:"zone" default:"UTC" is:"time zone of all times of day, a name of the IANA database" like:"zone"`
	Begins      string   `yaml:"begins" default:"2026-03-02T08:00" is:"date and time of day at which it begins" like:"moment"`
	Lasts       Duration `yaml:"lasts" default:"1h" least:"1s" most:"744h" is:"how long contacts arrive; what is open then is brought to its end"`
	Instance    Instance `yaml:"instance" is:"the center; left out, it has one queue and one number, and every agent serves it"`
	Agents      []Group  `yaml:"agents" need:"yes" most:"200" is:"who works there, in groups"`
	Callers     Callers  `yaml:"callers" need:"yes" is:"who calls, or writes chats and tasks"`
	Surges      []Surge  `yaml:"surges" most:"100" is:"when more contacts arrive than usual, or fewer"`
	Outages     []Outage `yaml:"outages" most:"100" is:"what breaks, and for how long"`
}

// Instance is what is set up in a center.
type Instance struct {
	Hours   []Hours  `yaml:"hours" most:"100" is:"hours of operation"`
	Queues  []Queue  `yaml:"queues" most:"500" is:"where contacts wait"`
	Flows   []Flow   `yaml:"flows" most:"500" is:"what contacts run through"`
	Numbers []Number `yaml:"numbers" most:"500" is:"phone numbers that customers call"`
}

// Hours are hours of operation, on the clock of the scenario's zone.
type Hours struct {
	Name string   `yaml:"name" need:"yes" is:"what queues call them" like:"name"`
	Days []string `yaml:"days" most:"7" one:"monday tuesday wednesday thursday friday saturday sunday" is:"days of the week; none: every day"`
	From Clock    `yaml:"from" default:"00:00" is:"when they open"`
	To   Clock    `yaml:"to" default:"00:00" is:"when they close; at or before they open: on the next day"`
}

// Queue is where contacts wait.
type Queue struct {
	Name   string `yaml:"name" need:"yes" is:"what flows and agents call it" like:"name"`
	Hours  string `yaml:"hours" is:"its hours of operation, by name; none: always open"`
	Limit  int    `yaml:"limit" least:"0" most:"50000" is:"contacts that wait in it at most; 0: as many as come"`
	Number string `yaml:"number" is:"number of the center that customers see who are called back from the queue" like:"number"`
}

// Flow is what a contact runs through: either made from what is said here, or given in Amazon's flow language.
type Flow struct {
	Name     string    `yaml:"name" need:"yes" is:"what numbers and intents call it" like:"name"`
	Say      string    `yaml:"say" is:"what callers hear first"`
	Closed   string    `yaml:"closed" is:"what callers hear outside the hours of the queue, before they are disconnected; none: hours are not looked at"`
	Menu     *Menu     `yaml:"menu" is:"asks callers for a key"`
	Queue    string    `yaml:"queue" is:"where contacts wait, unless the menu says otherwise"`
	Callback *Callback `yaml:"callback" is:"offers callers who wait to be called back: key 1"`
	Type     string    `yaml:"type" default:"CONTACT_FLOW" one:"CONTACT_FLOW CUSTOMER_QUEUE CUSTOMER_HOLD CUSTOMER_WHISPER AGENT_HOLD AGENT_WHISPER OUTBOUND_WHISPER" is:"type of a flow with content"`
	Content  Content   `yaml:"content" is:"the flow in Amazon's flow language, instead of all of the above; ${queue:NAME} and ${flow:NAME} stand for the ids of queues and of flows further up"`
}

// Menu asks for a key.
type Menu struct {
	Prompt    string   `yaml:"prompt" need:"yes" is:"what callers hear"`
	Timeout   Duration `yaml:"timeout" default:"5s" least:"1s" most:"180s" is:"how long it waits for a key, after the prompt"`
	Options   []Option `yaml:"options" need:"yes" most:"12" is:"what keys do"`
	Otherwise string   `yaml:"otherwise" is:"queue of callers who press another key, or none; none: they are disconnected"`
}

// Option is one key of a menu.
type Option struct {
	Key   string `yaml:"key" need:"yes" is:"the key, in quotes" like:"key"`
	Queue string `yaml:"queue" need:"yes" is:"where callers who press it wait"`
}

// Callback is an offer to be called back.
type Callback struct {
	After    Duration `yaml:"after" default:"30s" least:"1s" most:"168h" is:"how long callers wait until it is offered, and from then on until it is offered again"`
	Delay    Duration `yaml:"delay" default:"1s" least:"1s" most:"72h" is:"how long a callback waits before it is in the queue"`
	Attempts int      `yaml:"attempts" default:"1" least:"1" most:"1000" is:"how often a customer is called at most"`
	Retry    Duration `yaml:"retry" default:"10m" least:"1s" most:"72h" is:"time between attempts"`
}

// Number is a phone number of the center.
type Number struct {
	Number string `yaml:"number" need:"yes" is:"E.164, in quotes; on a running server another one may take its place" like:"number"`
	Flow   string `yaml:"flow" need:"yes" is:"what calls run"`
}

// Group is some agents who are alike.
type Group struct {
	Name         string   `yaml:"name" need:"yes" is:"what the group is called; its agents are NAME1, NAME2 …" like:"name"`
	Count        int      `yaml:"count" need:"yes" least:"1" most:"50000" is:"how many agents it has"`
	Queues       []Serves `yaml:"queues" most:"50" is:"queues that they serve; none: all, at priority 1"`
	Channels     Slots    `yaml:"channels" is:"contacts of each channel that an agent takes at once"`
	CrossChannel bool     `yaml:"crossChannel" is:"whether an agent takes contacts of other channels at the same time"`
	AutoAccept   Share    `yaml:"autoAccept" default:"0" is:"share of agents whose calls are accepted by themselves"`
	WrapLimit    Duration `yaml:"afterWorkLimit" least:"0s" most:"24h" is:"when after-contact work ends by itself, in whole seconds; 0s: never"`
	Shifts       []Shift  `yaml:"shifts" most:"50" is:"when they work, every day: one shift to an agent, in turn; none: all the time"`
	Breaks       *Breaks  `yaml:"breaks" is:"short breaks; left out: none"`
	Lunch        *Lunch   `yaml:"lunch" is:"one long break a day; left out: none"`
	Habits       Habits   `yaml:"habits" is:"how they work"`
}

// Serves is a queue that agents serve.
type Serves struct {
	Queue    string   `yaml:"queue" need:"yes" is:"the queue, by name"`
	Priority int      `yaml:"priority" default:"1" least:"1" most:"99" is:"1 comes first"`
	Delay    Duration `yaml:"delay" least:"0s" most:"9999s" is:"how long a contact must have waited, in whole seconds"`
	Channels []string `yaml:"channels" most:"3" one:"voice chat task" is:"contacts of which channels; none: of all that the agents take"`
}

// Slots are contacts that an agent takes at once.
type Slots struct {
	Voice int `yaml:"voice" default:"1" least:"0" most:"1" is:"calls"`
	Chat  int `yaml:"chat" default:"2" least:"0" most:"10" is:"chats"`
	Task  int `yaml:"task" default:"2" least:"0" most:"10" is:"tasks"`
}

// Shift is a time of work, of every day.
type Shift struct {
	From Clock `yaml:"from" need:"yes" is:"when it begins"`
	To   Clock `yaml:"to" need:"yes" is:"when it ends; at or before it begins: on the next day"`
}

// Breaks come now and then.
type Breaks struct {
	Every Duration `yaml:"every" default:"2h" least:"1m" most:"24h" is:"mean time between them"`
	For   Duration `yaml:"for" default:"10m" least:"30s" most:"24h" is:"mean length"`
}

// Lunch comes once a day.
type Lunch struct {
	At     Clock    `yaml:"at" default:"12:00" is:"when the first agents have it"`
	Within Duration `yaml:"within" default:"1h" least:"0s" most:"12h" is:"time over which the agents spread"`
	For    Duration `yaml:"for" default:"30m" least:"30s" most:"12h" is:"how long it is"`
}

// Habits are how agents work. Lengths are means.
type Habits struct {
	Ring     Duration  `yaml:"ring" default:"4s" least:"0s" most:"24h" is:"until an agent answers"`
	Talk     Duration  `yaml:"talk" default:"3m" least:"1s" most:"24h" is:"length of a conversation, or of the work on a task"`
	Wrap     Duration  `yaml:"afterWork" default:"30s" least:"0s" most:"24h" is:"after-contact work"`
	Miss     Share     `yaml:"miss" default:"0.03" is:"share of offers that an agent does not answer"`
	Reject   Share     `yaml:"reject" default:"0.01" is:"share of offers that an agent declines"`
	Hold     Share     `yaml:"hold" default:"0.15" is:"share of calls that are put on hold"`
	HoldFor  Duration  `yaml:"holdFor" default:"30s" least:"1s" most:"24h" is:"length of a hold"`
	Transfer *Transfer `yaml:"transfer" is:"calls into which others are brought; left out: none"`
}

// Transfer is bringing others into calls.
type Transfer struct {
	Share  Share    `yaml:"share" need:"yes" is:"share of calls into which someone is brought; not of those that were handed on already"`
	Queue  string   `yaml:"queue" need:"yes" is:"from which queue"`
	Number string   `yaml:"number" is:"a number outside that a quarter of them goes to; none: all go to the queue" like:"number"`
	How    []string `yaml:"how" most:"3" one:"cold warm consult" is:"each as often: the agent hangs up at once, hangs up after a talk of all three, or only asks; none: cold"`
}

// How agents bring others into calls.
const (
	Cold    = "cold"
	Warm    = "warm"
	Consult = "consult"
)

// Callers are who calls, or writes tasks.
type Callers struct {
	PerHour  float64  `yaml:"perHour" need:"yes" least:"0" most:"1000000" is:"contacts that arrive in an hour, at random"`
	Curve    []Point  `yaml:"curve" most:"100" is:"by how much more or fewer arrive at a time of day; in between it goes in straight lines, before the first and after the last it stays level; none: always 1"`
	Patience Duration `yaml:"patience" default:"2m" least:"1s" most:"24h" is:"mean that a caller waits before giving up"`
	Answers  Share    `yaml:"answers" default:"0.7" is:"share of customers who answer when the center calls them"`
	Busy     Share    `yaml:"busy" default:"0.15" is:"share of customers who are busy then; the others do not answer"`
	Intents  []Intent `yaml:"intents" most:"200" is:"what contacts are about; none: calls to any of the numbers"`
}

// Point is a point of a curve.
type Point struct {
	At     Clock   `yaml:"at" need:"yes" is:"time of day"`
	Factor float64 `yaml:"factor" need:"yes" least:"0" most:"1000" is:"times as many contacts as perHour"`
}

// Channels of intents.
const (
	Voice    = "voice"
	Chat     = "chat"
	Task     = "task"
	Outbound = "outbound"
)

// Intent is what a contact is about.
type Intent struct {
	Name       string            `yaml:"name" need:"yes" is:"what it is called" like:"name"`
	Weight     float64           `yaml:"weight" default:"1" least:"0" most:"1000000" is:"how often it is chosen, compared with the others"`
	Channel    string            `yaml:"channel" default:"voice" one:"voice chat task outbound" is:"a call, a chat, a task, or a call that the center places"`
	Number     string            `yaml:"number" is:"number that is called (voice), or that the customer sees (outbound); none: any of them" like:"number"`
	Flow       string            `yaml:"flow" is:"what a chat, a task, or a customer who answers an outbound call runs through"`
	Attributes map[string]string `yaml:"attributes" most:"100" is:"attributes that the contact begins with"`
	Keys       []string          `yaml:"keys" most:"20" is:"what the caller presses, one entry whenever a flow asks" like:"keys"`
	Utterances []string          `yaml:"utterances" most:"50" is:"what the customer of a chat writes: to begin with, whenever a flow asks, and then to the agent"`
	Callback   Share             `yaml:"callback" default:"0" is:"share of callers who press 1 when a callback is offered while they wait"`
	Talk       Duration          `yaml:"talk" least:"0s" most:"24h" is:"mean length of the conversation; 0s: as is the agent's habit"`
	Patience   Duration          `yaml:"patience" least:"0s" most:"24h" is:"mean that a caller waits before giving up; 0s: as all callers"`
}

// Surge is a time when more contacts arrive.
type Surge struct {
	At      Clock    `yaml:"at" need:"yes" is:"when it begins: the first such time of day of the scenario"`
	For     Duration `yaml:"for" need:"yes" least:"1s" most:"744h" is:"how long it lasts"`
	Factor  float64  `yaml:"factor" need:"yes" least:"0" most:"1000" is:"times as many contacts as there would be"`
	Intents []string `yaml:"intents" most:"200" is:"contacts of which intents; none: of all"`
}

// Kinds of outages.
const (
	AgentsOut = "agents"
	NumberOut = "number"
	FlowOut   = "flow"
	StreamOut = "stream"
)

// Outage is something that breaks.
type Outage struct {
	What   string   `yaml:"what" need:"yes" one:"agents number flow stream" is:"agents lose their connection, a number cannot be reached, a flow says that something is wrong and disconnects, or what documents are streamed to is gone"`
	At     Clock    `yaml:"at" need:"yes" is:"when it begins: the first such time of day of the scenario"`
	For    Duration `yaml:"for" need:"yes" least:"1s" most:"744h" is:"how long it lasts"`
	Group  string   `yaml:"group" is:"agents: of which group; none: of all"`
	Share  Share    `yaml:"share" default:"1" is:"agents: what share of them"`
	Number string   `yaml:"number" is:"number: which one" like:"number"`
	Flow   string   `yaml:"flow" is:"flow: which one"`
	Stream string   `yaml:"stream" one:"contact-record agent-event contact-event" is:"stream: of which documents; they are kept, and published when it is back"`
}

// Duration is a length of time, written as 90s, 2m or 1h30m.
type Duration time.Duration

// D returns the duration as the standard library has it.
func (d Duration) D() time.Duration { return time.Duration(d) }

// Clock is a time of day in minutes since midnight, written as "08:30".
type Clock int

// Share is a part of a whole, from 0 to 1.
type Share float64

// Content is JSON that a file holds as YAML.
type Content string
