package connect

import (
	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
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
