package connect

import (
	"maps"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

// quickConnectIn returns where a quick connect leads to. What is set besides the settings of its type is refused by the
// center, and so is a flow that is named twice.
func quickConnectIn(in *connectapi.QuickConnectConfig) center.QuickConnect {
	c := center.QuickConnect{Type: value(in.QuickConnectType)}
	if u := in.UserConfig; u != nil {
		c.User, c.Flow = id[center.AgentID](u.UserId), id[center.FlowID](u.ContactFlowId)
	}
	if q := in.QueueConfig; q != nil {
		c.Queue, c.Flow = id[center.QueueID](q.QueueId), id[center.FlowID](q.ContactFlowId)
	}
	if p := in.PhoneConfig; p != nil {
		c.Number = value(p.PhoneNumber)
	}
	if f := in.FlowConfig; f != nil {
		c.Flow = id[center.FlowID](f.ContactFlowId)
	}
	return c
}

func quickConnectOut(d *directory.Directory, c center.QuickConnect) connectapi.QuickConnect {
	config := &connectapi.QuickConnectConfig{QuickConnectType: ptr(c.Type)}
	flow := ptr(string(c.Flow))
	switch c.Type {
	case center.QuickConnectUser:
		config.UserConfig = &connectapi.UserQuickConnectConfig{UserId: ptr(string(c.User)), ContactFlowId: flow}
	case center.QuickConnectQueue:
		config.QueueConfig = &connectapi.QueueQuickConnectConfig{QueueId: ptr(string(c.Queue)), ContactFlowId: flow}
	case center.QuickConnectNumber:
		config.PhoneConfig = &connectapi.PhoneNumberQuickConnectConfig{PhoneNumber: ptr(c.Number)}
	case center.QuickConnectFlow:
		config.FlowConfig = &connectapi.FlowQuickConnectConfig{ContactFlowId: flow}
	}
	return connectapi.QuickConnect{
		QuickConnectARN: ptr(resourceARN(d.Instance, center.KindQuickConnect, string(c.ID))), QuickConnectId: ptr(string(c.ID)), Name: ptr(c.Name),
		Description: optional(c.Description), QuickConnectConfig: config, Tags: maps.Clone(c.Tags), LastModifiedTime: timestamp(c.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}

func quickConnectSummary(d *directory.Directory) func(center.QuickConnect) connectapi.QuickConnectSummary {
	return func(c center.QuickConnect) connectapi.QuickConnectSummary {
		return connectapi.QuickConnectSummary{
			Id: ptr(string(c.ID)), Arn: ptr(resourceARN(d.Instance, center.KindQuickConnect, string(c.ID))), Name: ptr(c.Name), QuickConnectType: ptr(c.Type),
			LastModifiedTime: timestamp(c.ModifiedAt), LastModifiedRegion: region(d.Instance),
		}
	}
}

func idOfConnect(c center.QuickConnect) string { return string(c.ID) }
