package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/arn"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"github.com/hookswitch/hookswitch/internal/courier"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/outbox"
	"github.com/hookswitch/hookswitch/internal/switchboard"
)

// finding is one check of the doctor.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // ok, warn or fail
	Detail string `json:"detail"`
	Next   string `json:"next,omitempty"` // what to do about it
}

// doctor looks for the reasons why there is no data, in the order in which data flows.
func (h *Handler) doctor(w http.ResponseWriter, r *http.Request) error {
	found := h.checkNode()
	handles := h.cfg.Instances.Handles()
	if name := r.URL.Query().Get("instance"); name != "" {
		i, err := h.find(name)
		if err != nil {
			return err
		}
		handles = []*switchboard.Handle{i}
	} else if len(handles) == 0 {
		found = append(found, finding{"instances", "fail", "there is no instance", "aws connect create-instance --identity-management-type CONNECT_MANAGED --instance-alias demo --inbound-calls-enabled --outbound-calls-enabled"})
	}
	for _, info := range h.cfg.Instances.List("", "") {
		if _, err := h.cfg.Instances.Get(info.Account, info.Region, string(info.ID)); err != nil && r.URL.Query().Get("instance") == "" {
			found = append(found, finding{"instance " + string(info.ID), "fail", "it cannot be opened: " + err.Error(), "look into the log of the start; aws connect delete-instance removes it with all its data"})
		}
	}
	for _, i := range handles {
		for _, f := range h.checkInstance(r.Context(), i) {
			f.Check = nameOf(i) + ": " + f.Check
			found = append(found, f)
		}
	}
	return writeJSON(w, map[string]any{"findings": found})
}

func nameOf(i *switchboard.Handle) string {
	if i.Info.Alias != "" {
		return i.Info.Alias
	}
	return string(i.Info.ID)
}

func (h *Handler) checkNode() []finding {
	found := []finding{{"storage", "ok", "engine " + h.cfg.Info.Engine, ""}}
	if err := h.cfg.Healthy(); err != nil {
		found[0] = finding{"storage", "fail", err.Error(), "look at the disk, then start again: nothing acknowledged is lost"}
	}
	if h.cfg.Info.Limits == "aws" {
		found = append(found, finding{"limits", "ok", "rates are limited as AWS limits them: what comes too fast is refused", ""})
	} else {
		found = append(found, finding{"limits", "ok", "off: no rate is limited", ""})
	}
	if v := h.cfg.Virtual; v != nil && v.Rate() == 0 {
		found = append(found, finding{"clock", "warn", "the clock is virtual and stands still: nothing that waits for time will happen", `curl -d '{"advance":"2m"}' <endpoint>/_hookswitch/clock`})
	}
	return found
}

func (h *Handler) checkInstance(ctx context.Context, i *switchboard.Handle) []finding {
	var d *directory.Directory
	i.Live.Directory(func(dir *directory.Directory) { d = dir.Clone() })
	found := []finding{checkNumbers(d), checkAgents(i)}
	lanes := map[string]outbox.LaneStatus{}
	for _, l := range h.cfg.Lanes(i.Info.ID) {
		lanes[l.Lane] = l
	}
	for _, k := range []struct {
		kind center.ResourceType
		lane string
	}{{center.ContactTraceRecords, outbox.LaneContactRecords}, {center.AgentEvents, outbox.LaneAgentEvents}} {
		found = append(found, h.checkStream(ctx, d, k.kind, lanes[k.lane])...)
	}
	return found
}

func checkNumbers(d *directory.Directory) finding {
	routed := 0
	for _, n := range d.Numbers {
		if n.Flow != "" {
			routed++
		}
	}
	switch {
	case len(d.Numbers) == 0:
		return finding{"phone numbers", "warn", "none is claimed: no customer can call", "hookswitch call claims one by itself; or aws connect search-available-phone-numbers, claim-phone-number, associate-phone-number-contact-flow"}
	case routed == 0:
		return finding{"phone numbers", "warn", "none has a flow: calls are disconnected at once", "aws connect associate-phone-number-contact-flow"}
	}
	return finding{"phone numbers", "ok", fmt.Sprintf("%d, of which %d have a flow", len(d.Numbers), routed), ""}
}

func checkAgents(i *switchboard.Handle) finding {
	agents, available := i.Live.Agents(nil), 0
	for _, a := range agents {
		if a.Status.Type == center.Routable {
			available++
		}
	}
	switch {
	case len(agents) == 0:
		return finding{"agents", "warn", "there are no users", "hookswitch agent create NAME --instance " + nameOf(i)}
	case available == 0:
		return finding{"agents", "warn", fmt.Sprintf("%d, none available: contacts wait in their queues", len(agents)), "hookswitch agent login NAME --status Available --instance " + nameOf(i)}
	}
	return finding{"agents", "ok", fmt.Sprintf("%d, of which %d are available", len(agents), available), ""}
}

// checkStream follows one kind of document to its stream.
func (h *Handler) checkStream(ctx context.Context, d *directory.Directory, kind center.ResourceType, lane outbox.LaneStatus) []finding {
	name := string(kind)
	a, ok := d.Associations[kind]
	if !ok {
		return []finding{{name, "fail", "no stream is associated: nothing is published, and nothing will be made up for later",
			fmt.Sprintf("aws connect associate-instance-storage-config --instance-id %s --resource-type %s --storage-config StorageType=KINESIS_STREAM,KinesisStreamConfig={StreamArn=…}", d.Instance.ID, kind)}}
	}
	found := []finding{{name, "ok", "goes to " + a.Target(), ""}}
	to, err := arn.Parse(a.Target())
	if err == nil {
		err = h.cfg.Check(courier.WithSender(ctx, outbox.Sender), to)
	}
	var refused *keys.Error
	switch {
	case errors.As(err, &refused):
		text := fmt.Sprintf("the stream is encrypted, and its key is refused: %s: %d documents wait for it", refused.Message, lane.Waiting)
		return append(found, finding{name + " key", "fail", text, mendKey(refused, strings.TrimPrefix(to.Resource, "stream/"))})
	case errors.Is(err, courier.ErrNoSuchTarget):
		return append(found, finding{name + " stream", "fail", "the stream does not exist: documents wait for it for a day", "aws kinesis create-stream --stream-name " + strings.TrimPrefix(to.Resource, "stream/")})
	case err != nil:
		return append(found, finding{name + " stream", "fail", err.Error(), "aws kinesis describe-stream-summary --stream-arn " + a.Target()})
	}
	if !lane.FailingSince.IsZero() {
		return append(found, finding{name + " delivery", "fail", fmt.Sprintf("fails since %s: %s (%d documents wait)", lane.FailingSince.Format(time.RFC3339), lane.LastError, lane.Waiting), "look at the stream; delivery goes on by itself"})
	}
	items, _, err := h.cfg.Read(ctx, to, "")
	switch {
	case err != nil:
		found = append(found, finding{name + " data", "fail", err.Error(), ""})
	case len(items) == 0 && kind == center.ContactTraceRecords:
		found = append(found, finding{name + " data", "warn", "the stream is empty: a record comes " + h.cfg.Info.RecordDelay + " after its contact is complete, that is after the agent has cleared it", "hookswitch serve --profile fast publishes at once"})
	case len(items) == 0:
		found = append(found, finding{name + " data", "warn", "the stream is empty: an agent's events begin when it logs in", "hookswitch agent login NAME --status Available"})
	default:
		found = append(found, finding{name + " data", "ok", fmt.Sprintf("the stream has data; %d documents were published since the start", lane.Published), ""})
	}
	return found
}
