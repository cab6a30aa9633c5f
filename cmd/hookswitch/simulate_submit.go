package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Submit gives a command over the operator API, and a task over the Connect API.
func (sc *serverCenter) Submit(ctx context.Context, cmd center.Command) error {
	err := sc.submit(ctx, cmd)
	if refused(err, http.StatusConflict, http.StatusNotFound) {
		sc.late++
		return nil
	}
	return err
}

func (sc *serverCenter) submit(ctx context.Context, cmd center.Command) error {
	agent := func(id center.AgentID, in any, parts ...string) error {
		return sc.c.post(ctx, sc.i.path(append([]string{"agents", string(id)}, parts...)...), in, nil)
	}
	switch cmd := cmd.(type) {
	case center.LogIn:
		return agent(cmd.Agent, nil, "login")
	case center.LogOut:
		return agent(cmd.Agent, nil, "logout")
	case center.SetAgentStatus:
		return agent(cmd.Agent, object{"status": string(cmd.Status)}, "status")
	case center.AcceptContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "accept")
	case center.RejectContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "reject")
	case center.HoldContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "hold")
	case center.ResumeContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "resume")
	case center.LeaveContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "end")
	case center.ClearContact:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "clear")
	case center.HangUp:
		return sc.c.post(ctx, sc.i.path("contacts", string(cmd.Contact), "hangup"), nil, nil)
	case center.SayInChat:
		return sc.c.post(ctx, sc.i.path("contacts", string(cmd.Contact), "say"), object{"text": cmd.Message.Content, "as": cmd.Participant}, nil)
	case center.ConnectChat:
		return sc.connectChat(ctx, cmd.Contact)
	case center.CustomerInput:
		return sc.c.post(ctx, sc.i.path("contacts", string(cmd.Contact), "input"), object{"keys": cmd.Keys}, nil)
	case center.JoinParties:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "join")
	case center.SwapParties:
		return agent(cmd.Agent, nil, "contacts", string(cmd.Contact), "swap")
	case center.AddParty:
		return agent(cmd.Agent, object{"queue": string(cmd.To.Queue)}, "contacts", string(cmd.Contact), "parties")
	}
	return sc.start(ctx, cmd)
}

// start gives the commands that begin contacts, and those that break and mend flows.
func (sc *serverCenter) start(ctx context.Context, cmd center.Command) error {
	switch cmd := cmd.(type) {
	case center.StartInboundCall:
		if sc.callsBack {
			if err := sc.script(ctx, cmd.Customer); err != nil {
				return err
			}
		}
		_, err := sc.c.placeCall(ctx, sc.i, callPlan{from: cmd.Customer, to: cmd.Dialled, attributes: cmd.Attributes})
		return err
	case center.StartChat:
		return sc.startChat(ctx, cmd)
	case center.StartTask:
		return sc.aws.connect(ctx, http.MethodPut, "/contact/task", object{
			"InstanceId": sc.i.ID, "ContactFlowId": string(cmd.Flow), "Name": cmd.Name, "Attributes": attributes(cmd.Attributes),
		}, nil)
	case center.StartOutboundCall:
		if err := sc.script(ctx, cmd.Destination); err != nil {
			return err
		}
		return sc.aws.connect(ctx, http.MethodPut, "/contact/outbound-voice", object{
			"InstanceId": sc.i.ID, "ContactFlowId": string(cmd.Flow), "DestinationPhoneNumber": cmd.Destination, "SourcePhoneNumber": cmd.Source,
			"Attributes": attributes(cmd.Attributes),
		}, nil)
	case center.UpdateFlowContent:
		return sc.aws.connect(ctx, http.MethodPost, "/contact-flows/"+sc.i.ID+"/"+string(cmd.ID)+"/content", object{"Content": cmd.Content}, nil)
	}
	return fmt.Errorf("people on a server cannot %T", cmd)
}

// attributes is a map that is never null.
func attributes(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// script tells the network how a customer behaves who is called. It is the same whenever they are: on a server, nobody who
// was busy answers the next time.
func (sc *serverCenter) script(ctx context.Context, number string) error {
	outcome, after := sc.work.Line(number)
	if outcome == "answer" { // as everyone does
		return nil
	}
	return sc.c.do(ctx, http.MethodPut, "/lines/"+url.PathEscape(number), object{"outcome": outcome, "after": after.String()}, nil)
}

// mend repairs what is still broken when people stop early.
func (sc *serverCenter) mend(ctx context.Context, cmds []center.Command) error {
	for _, cmd := range cmds {
		if err := sc.submit(ctx, cmd); err != nil {
			return fmt.Errorf("a flow is still broken: %w", err)
		}
	}
	return nil
}
