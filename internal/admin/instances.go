package admin

import "net/http"

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
