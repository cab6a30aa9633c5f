package connect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// flowError words refusals about a flow's content: InvalidContactFlowException lists its problems.
func flowError(err error) error {
	var r *center.Refused
	if errors.As(err, &r) && r.Reason == center.Invalid && r.Field == "Content" {
		return &connectapi.InvalidContactFlowException{Problems: []connectapi.ProblemDetail{{Message: ptr(r.Detail)}}}
	}
	return modelled(err)
}

// moduleError is flowError for modules: InvalidContactFlowModuleException.
func moduleError(err error) error {
	var invalid *connectapi.InvalidContactFlowException
	if err = flowError(err); errors.As(err, &invalid) {
		return &connectapi.InvalidContactFlowModuleException{Problems: invalid.Problems}
	}
	return err
}

func idOfFlow(f center.Flow) string { return string(f.ID) }

// isSaved reports whether a member asks for what is saved and perhaps not published.
func isSaved(member *string) bool { return strings.HasSuffix(value(member), ":$SAVED") }

// asAsked returns a flow with the content that a member asks for: after :$SAVED what was saved last.
func asAsked(f center.Flow, member *string) center.Flow {
	if isSaved(member) && f.Draft != "" {
		f.Content, f.Status = f.Draft, "SAVED"
	}
	return f
}

// contentDigest is what the API shows of a flow's content to tell versions apart.
func contentDigest(content string) *string {
	sum := sha256.Sum256([]byte(content))
	return ptr(hex.EncodeToString(sum[:]))
}

// flowID takes the id out of a member that may carry an alias: $LATEST is what there is, $SAVED too while a flow is only
// saved. Other versions do not exist.
func flowID(member *string) center.FlowID {
	name := bare(value(member))
	for _, alias := range []string{":$LATEST", ":$SAVED"} {
		if id, ok := strings.CutSuffix(name, alias); ok {
			return center.FlowID(id)
		}
	}
	return center.FlowID(name)
}
