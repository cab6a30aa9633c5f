package connect

import (
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
	"maps"
)

func outboundIn(c *connectapi.OutboundCallerConfig) center.OutboundCaller {
	if c == nil {
		return center.OutboundCaller{}
	}
	return center.OutboundCaller{
		CallerName: value(c.OutboundCallerIdName), Number: id[center.PhoneNumberID](c.OutboundCallerIdNumberId), Flow: id[center.FlowID](c.OutboundFlowId),
	}
}

func outboundOut(o center.OutboundCaller) *connectapi.OutboundCallerConfig {
	if o == (center.OutboundCaller{}) {
		return nil
	}
	return &connectapi.OutboundCallerConfig{
		OutboundCallerIdName: optional(o.CallerName), OutboundCallerIdNumberId: optional(string(o.Number)), OutboundFlowId: optional(string(o.Flow)),
	}
}

func queueOut(d *directory.Directory, q center.Queue) connectapi.Queue {
	return connectapi.Queue{
		Name: ptr(q.Name), QueueArn: ptr(queueARN(d.Instance, q.ID, false)), QueueId: ptr(string(q.ID)), Description: optional(q.Description),
		OutboundCallerConfig: outboundOut(q.Outbound), HoursOfOperationId: ptr(string(q.Hours)), MaxContacts: optional(int32(q.MaxContacts)),
		Status: ptr(q.Status), Tags: maps.Clone(q.Tags), LastModifiedTime: timestamp(q.ModifiedAt), LastModifiedRegion: region(d.Instance),
	}
}
