package admin

import (
	"net/http"

	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// instanceShown is an instance as the operator API shows it.
type instanceShown struct {
	ID      string `json:"id"`
	ARN     string `json:"arn"`
	Alias   string `json:"alias,omitempty"`
	Account string `json:"account"`
	Region  string `json:"region"`
	Status  string `json:"status"`
	Place   uint64 `json:"place"` // of the newest step in its journal
}

func (h *Handler) listInstances(w http.ResponseWriter, _ *http.Request) error {
	all := []instanceShown{}
	for _, i := range h.cfg.Instances.Handles() {
		all = append(all, instanceShown{
			ID: string(i.Info.ID), ARN: i.Info.ARN, Alias: i.Info.Alias, Account: i.Info.Account, Region: i.Info.Region, Status: string(i.Info.Status), Place: i.Live.Place(),
		})
	}
	return writeJSON(w, map[string]any{"instances": all})
}

// numberShown is a claimed phone number; calls to it run its flow.
type numberShown struct {
	ID       string `json:"id"`
	Number   string `json:"number"`
	Country  string `json:"country"`
	Type     string `json:"type"`
	Flow     string `json:"flow,omitempty"`
	FlowName string `json:"flowName,omitempty"`
}

func (h *Handler) listNumbers(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	all := []numberShown{}
	i.Live.Directory(func(d *directory.Directory) {
		for _, n := range directory.Sorted(d.Numbers) {
			all = append(all, numberShown{
				ID: string(n.ID), Number: n.Number, Country: n.Country, Type: n.Type, Flow: string(n.Flow), FlowName: d.Flows[n.Flow].Name,
			})
		}
	})
	return writeJSON(w, map[string]any{"numbers": all})
}

// queueShown is a queue; one that belongs to an agent has no name.
type queueShown struct {
	ID   string `json:"id"`
	ARN  string `json:"arn"`
	Name string `json:"name,omitempty"`
	Type string `json:"type"` // STANDARD or AGENT
}

func (h *Handler) listQueues(w http.ResponseWriter, r *http.Request) error {
	i, err := h.instance(r)
	if err != nil {
		return err
	}
	all := []queueShown{}
	i.Live.Directory(func(d *directory.Directory) {
		for _, q := range directory.Sorted(d.Queues) {
			shown := queueShown{ID: string(q.ID), ARN: i.Info.ARN + "/queue/" + string(q.ID), Name: q.Name, Type: "STANDARD"}
			if q.Agent != "" {
				shown.ARN, shown.Type = i.Info.ARN+"/queue/agent/"+string(q.ID), "AGENT"
			}
			all = append(all, shown)
		}
	})
	return writeJSON(w, map[string]any{"queues": all})
}
