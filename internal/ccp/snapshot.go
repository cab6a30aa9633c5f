// Package ccp is the server side of the agent's Contact Control Panel. For now it has the numbered snapshots that the
// panel draws.
package ccp

import (
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/lifecycle"
)

// Snapshot is what an agent's desktop shows after one step. There is one for each step that touches the agent; none is
// merged into another.
type Snapshot struct {
	Number uint64          // place of the step in the instance's journal; it means the same after a restart
	Fresh  bool            `json:",omitempty"` // what came before is not known to the reader: draw, and compare with nothing
	Gone   bool            `json:",omitempty"` // the agent was removed: this is the last one
	Agent  lifecycle.Agent // as the step left it
	At     time.Time       `json:",omitzero"` // when the step was taken; zero in a fresh one
}

func fresh(place uint64, a lifecycle.Agent) Snapshot {
	return Snapshot{Number: place, Fresh: true, Gone: a.Removed, Agent: a}
}

func notFound(agent center.AgentID) error {
	return &center.Refused{Reason: center.NotFound, Kind: center.KindUser, ID: string(agent)}
}
