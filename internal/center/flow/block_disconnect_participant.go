package flow

// disconnect ends the contact. A flow that merely ends before the contact is in a queue ends the contact as well
// (documented for EndFlowExecution).
func (r *run) disconnect() (next string) {
	r.over = true
	r.out.Disconnect, r.out.Reason = true, ReasonFlow
	return ""
}
