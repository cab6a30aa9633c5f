package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// What the demo's center consists of.
const (
	demoAlias       = "demo"
	demoRecords     = "demo-contact-records"
	demoAgentEvents = "demo-agent-events"
	demoAccount     = "000000000000"
	demoRegion      = "us-east-1"
)

var demoQueues = []string{"Sales", "Support", "Billing"}

// demoAgents are the agents and the queues that each serves.
var demoAgents = []struct {
	name   string
	queues []string
}{
	{"alice", []string{"Sales", "Support"}},
	{"bob", []string{"Sales", "Support"}},
	{"carol", []string{"Billing"}},
}

// demoCenter is the center of the demo once it is set up.
type demoCenter struct {
	instance instance
	queues   map[string]string // id by name
	numbers  map[string]string // by the queue that calls go to
	agents   []string
}

// setUpDemo makes the center of the demo, or completes the one that is there, with the requests that any AWS client
// would make.
func (c *client) setUpDemo(ctx context.Context) (demoCenter, error) {
	d := demoCenter{queues: map[string]string{}, numbers: map[string]string{}}
	aws, err := c.amazon(ctx, demoAccount, demoRegion)
	if err != nil {
		return d, err
	}
	for _, stream := range []string{demoRecords, demoAgentEvents} {
		if err := aws.ensureStream(ctx, stream); err != nil {
			return d, err
		}
	}
	if d.instance, err = c.ensureInstance(ctx, aws); err != nil {
		return d, err
	}
	for kind, stream := range map[string]string{"CONTACT_TRACE_RECORDS": demoRecords, "AGENT_EVENTS": demoAgentEvents} {
		if err := aws.ensureStreaming(ctx, d.instance, kind, stream); err != nil {
			return d, err
		}
	}
	if err := c.ensureQueues(ctx, aws, &d); err != nil {
		return d, err
	}
	return d, c.ensureAgents(ctx, aws, &d)
}

func (a *amazon) ensureStream(ctx context.Context, name string) error {
	err := a.kinesis(ctx, "CreateStream", object{"StreamName": name, "ShardCount": 1}, nil)
	if err != nil && !isCode(err, "ResourceInUseException") {
		return fmt.Errorf("create stream %s: %w", name, err)
	}
	return a.c.eventually(ctx, "stream "+name, func() (bool, error) {
		var about struct {
			StreamDescriptionSummary struct{ StreamStatus string }
		}
		err := a.kinesis(ctx, "DescribeStreamSummary", object{"StreamName": name}, &about)
		return about.StreamDescriptionSummary.StreamStatus == "ACTIVE", err
	})
}

// Bounds of waiting for something to become ready.
const (
	readyLook     = 20 * time.Millisecond
	readyLooksMax = 500
)

// eventually looks until something is ready, for about ten seconds.
func (c *client) eventually(ctx context.Context, what string, ready func() (bool, error)) error {
	for range readyLooksMax {
		ok, err := ready()
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if ok {
			return nil
		}
		if err := c.sleep(ctx, readyLook); err != nil {
			return err
		}
	}
	return fmt.Errorf("%s does not get ready", what)
}

func (c *client) ensureInstance(ctx context.Context, aws *amazon) (instance, error) {
	all, err := c.instances(ctx)
	if err != nil {
		return instance{}, err
	}
	if at := slices.IndexFunc(all, func(i instance) bool { return i.Alias == demoAlias }); at >= 0 {
		return all[at], nil
	}
	if err := aws.connect(ctx, http.MethodPut, "/instance", object{
		"IdentityManagementType": "CONNECT_MANAGED", "InstanceAlias": demoAlias, "InboundCallsEnabled": true, "OutboundCallsEnabled": true,
	}, nil); err != nil {
		return instance{}, fmt.Errorf("create the instance: %w", err)
	}
	var found instance
	err = c.eventually(ctx, "instance "+demoAlias, func() (bool, error) {
		found, err = c.instance(ctx, demoAlias)
		return found.Status == "ACTIVE", err
	})
	return found, err
}

func (a *amazon) ensureStreaming(ctx context.Context, i instance, kind, stream string) error {
	err := a.connect(ctx, http.MethodPut, "/instance/"+i.ID+"/storage-config", object{"ResourceType": kind, "StorageConfig": object{
		"StorageType":         "KINESIS_STREAM",
		"KinesisStreamConfig": object{"StreamArn": fmt.Sprintf("arn:aws:kinesis:%s:%s:stream/%s", i.Region, i.Account, stream)},
	}}, nil)
	if err != nil && !isCode(err, "ResourceConflictException") {
		return fmt.Errorf("stream %s to %s: %w", kind, stream, err)
	}
	return nil
}

// ensureQueues makes the queues, and for each a flow and a number.
func (c *client) ensureQueues(ctx context.Context, aws *amazon, d *demoCenter) error {
	id := d.instance.ID
	have, err := aws.list(ctx, "/queues-summary/"+id, "QueueSummaryList")
	if err != nil {
		return err
	}
	flows, err := aws.list(ctx, "/contact-flows-summary/"+id, "ContactFlowSummaryList")
	if err != nil {
		return err
	}
	numbers, err := c.numbers(ctx, d.instance)
	if err != nil {
		return err
	}
	hours, err := aws.named(ctx, "hours of operation", "/hours-of-operations-summary/"+id, "HoursOfOperationSummaryList", "Basic Hours")
	if err != nil {
		return err
	}
	for _, name := range demoQueues {
		queue := idOf(have, name)
		if queue == "" {
			var made struct{ QueueID string }
			if err := aws.connect(ctx, http.MethodPut, "/queues/"+id, object{"Name": name, "HoursOfOperationId": hours}, &made); err != nil {
				return fmt.Errorf("create queue %s: %w", name, err)
			}
			queue = made.QueueID
		}
		d.queues[name] = queue
		flowName := "To " + name
		flow := idOf(flows, flowName)
		if flow == "" {
			content, err := json.Marshal(flowTo(queue, "Welcome. "+name+" will be with you shortly."))
			if err != nil {
				return err
			}
			var made struct{ ContactFlowID string }
			if err := aws.connect(ctx, http.MethodPut, "/contact-flows/"+id, object{"Name": flowName, "Type": "CONTACT_FLOW", "Content": string(content)}, &made); err != nil {
				return fmt.Errorf("create flow %s: %w", flowName, err)
			}
			flow = made.ContactFlowID
		}
		at := slices.IndexFunc(numbers, func(n phoneNumber) bool { return n.FlowName == flowName })
		if at >= 0 {
			d.numbers[name] = numbers[at].Number
		} else if d.numbers[name], err = aws.claimNumber(ctx, d.instance, flow); err != nil {
			return err
		}
	}
	return nil
}

func idOf(all []summary, name string) string {
	for _, s := range all {
		if s.Name == name {
			return s.ID
		}
	}
	return ""
}

// ensureAgents makes the agents with a routing profile each, logs them in, and has them Available.
func (c *client) ensureAgents(ctx context.Context, aws *amazon, d *demoCenter) error {
	id := d.instance.ID
	have, err := c.agents(ctx, d.instance)
	if err != nil {
		return err
	}
	profiles, err := aws.list(ctx, "/routing-profiles-summary/"+id, "RoutingProfileSummaryList")
	if err != nil {
		return err
	}
	for _, who := range demoAgents {
		d.agents = append(d.agents, who.name)
		if slices.ContainsFunc(have, func(a agent) bool { return a.Username == who.name }) {
			continue
		}
		profile := "For " + who.name
		if idOf(profiles, profile) == "" {
			var queues []object
			for n, q := range who.queues {
				queues = append(queues, object{"QueueReference": object{"QueueId": d.queues[q], "Channel": "VOICE"}, "Priority": n + 1, "Delay": 0})
			}
			if err := aws.connect(ctx, http.MethodPut, "/routing-profiles/"+id, object{
				"Name": profile, "Description": "What " + who.name + " answers", "DefaultOutboundQueueId": d.queues[who.queues[0]],
				"MediaConcurrencies": []object{{"Channel": "VOICE", "Concurrency": 1}}, "QueueConfigs": queues,
			}, nil); err != nil {
				return fmt.Errorf("create routing profile %q: %w", profile, err)
			}
		}
		if _, err := aws.createUser(ctx, id, newUser{username: who.name, lastName: "Demo", profile: profile, security: "Agent"}); err != nil {
			return fmt.Errorf("create user %s: %w", who.name, err)
		}
	}
	return nil
}
