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
