package simulate

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/simulate/scenario"
)

// dialogue is what is written in a chat.
type dialogue struct {
	customer, agent string // participants; an agent who has not joined yet is none
	spoken          int    // by the agent
}

// What people write when they have nothing of their own to say.
var (
	customerWords = [...]string{"Thank you.", "Yes.", "I see.", "Could you look that up for me?", "All right."}
	agentWords    = [...]string{"Hello, how can I help you?", "Let me have a look.", "I have found it.", "One moment, please.", "Is there anything else?"}
)

// exchange is the time between two things that the customer writes (mean), and exchangesMax how many there are at most.
const (
	exchange     = 30 * time.Second
	exchangesMax = 40
)

// opening is what a chat begins with; nil: nothing yet.
func opening(i *scenario.Intent) *center.ChatMessage {
	if len(i.Utterances) == 0 {
		return nil
	}
	return &center.ChatMessage{ContentType: center.ChatPlain, Content: i.Utterances[0]}
}

// beginChat has the customer of a new chat connect. A chat that is continued has its customer already.
func (c *conversation) beginChat(at time.Time, e center.ContactInitiated) {
	if e.Chat == nil {
		return
	}
	c.chat = &dialogue{customer: e.Chat.Participant}
	if c.intent != nil && len(c.intent.Utterances) > 0 {
		c.keys = 1
	}
	if !e.Chat.Continued {
		after := about(c.random, 2*time.Second, 0.5, 300*time.Millisecond, 10*time.Second)
		c.w.plan(at.Add(after), center.ConnectChat{Contact: c.id, Participant: c.chat.customer}, c.is(waiting))
	}
}

// utterance is what the customer writes next.
func (c *conversation) utterance() string {
	c.keys++
	if c.intent != nil && c.keys <= len(c.intent.Utterances) {
		return c.intent.Utterances[c.keys-1]
	}
	return customerWords[c.keys%len(customerWords)]
}

func (c *conversation) says(participant, words string) center.Command {
	return center.SayInChat{Contact: c.id, Participant: participant, Message: center.ChatMessage{ContentType: center.ChatPlain, Content: words}}
}

// converse plans what is written in a chat of some length, and who ends it.
func (c *conversation) converse(at time.Time, p *person, length time.Duration) {
	w := c.w
	ends := at.Add(length)
	talk := c.is(talking)
	next := at
	for range exchangesMax {
		answer := next.Add(about(c.random, 8*time.Second, 0.5, time.Second, 30*time.Second))
		if !answer.Before(ends) {
			break
		}
		w.then(answer, func(at time.Time) {
			if c.stage == talking && c.chat != nil && c.chat.agent != "" {
				words := agentWords[min(c.chat.spoken, len(agentWords)-1)]
				c.chat.spoken++
				w.plan(at, c.says(c.chat.agent, words), talk)
			}
		})
		next = answer.Add(about(c.random, exchange, 0.5, 2*time.Second, 5*time.Minute))
		if !next.Before(ends) {
			break
		}
		w.then(next, func(at time.Time) {
			if c.stage == talking && c.chat != nil {
				w.plan(at, c.says(c.chat.customer, c.utterance()), talk)
			}
		})
	}
	if c.random.IntN(2) == 0 {
		w.plan(ends, center.HangUp{Contact: c.id}, talk)
	} else {
		w.plan(ends, center.LeaveContact{Contact: c.id, Agent: p.id}, talk)
	}
}
