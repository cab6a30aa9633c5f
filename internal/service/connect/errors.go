package connect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/switchboard"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// modelled turns why a command was refused into an error of the API. What is not a refusal is an internal failure and
// goes through as it is.
func modelled(err error) error {
	var r *center.Refused
	if !errors.As(err, &r) {
		// Throttling says that nothing was done; where that is not known, it is a failure. Clients try again either way.
		if switchboard.Retryable(err) && !errors.Is(err, switchboard.ErrUncertain) {
			return &connectapi.ThrottlingException{Message: "Rate exceeded"}
		}
		return err
	}
	switch r.Reason {
	case center.NotFound:
		return notFound(r.Kind, r.ID)
	case center.Duplicate:
		return &connectapi.DuplicateResourceException{Message: words(r)}
	case center.InUse:
		return &connectapi.ResourceInUseException{Message: words(r), ResourceId: optional(r.ID)}
	case center.Conflict:
		return &connectapi.ResourceConflictException{Message: words(r)}
	case center.Limit:
		return &connectapi.LimitExceededException{Message: words(r)}
	case center.Deleted:
		return &connectapi.ResourceNotFoundException{Message: "The specified instance was not found"}
	case center.Invalid:
		return invalidParameter("%s", words(r))
	}
	return err
}

// words tells a refusal the way the API's messages do: the member first.
func words(r *center.Refused) string {
	switch {
	case r.Field != "" && r.Detail != "":
		return r.Field + ": " + r.Detail
	case r.Field != "":
		return "Invalid " + r.Field
	case r.Detail != "":
		return r.Detail
	}
	return r.Error()
}

func notFound(k center.Kind, id string) error {
	if k == "" {
		return &connectapi.ResourceNotFoundException{Message: "The specified resource was not found"}
	}
	return &connectapi.ResourceNotFoundException{Message: fmt.Sprintf("The specified %s was not found: %s", k, id)}
}

func invalidParameter(format string, args ...any) error {
	return &connectapi.InvalidParameterException{Message: fmt.Sprintf(format, args...)}
}

func invalidRequest(format string, args ...any) error {
	return &connectapi.InvalidRequestException{Message: fmt.Sprintf(format, args...)}
}

// unsupported refuses a member that nothing here would honour.
func unsupported(member string) error {
	return invalidParameter("%s is not supported", member)
}

// refuseSet refuses the first member that is set; pairs are a member's name and whether it is set.
func refuseSet(members ...member) error {
	for _, m := range members {
		if m.set {
			return unsupported(m.name)
		}
	}
	return nil
}

type member struct {
	name string
	set  bool
}

// Error classes that stand in for others.
const (
	invalidRequestCode = "InvalidRequestException"
	limitCode          = "LimitExceededException"
	quotaCode          = "ServiceQuotaExceededException"
)

// declares reports whether clients know an error class of an operation: the model lists it, or it is one that every
// operation may answer.
func declares(op wire.OperationModel, code string) bool {
	everywhere := []string{"ThrottlingException", "InternalServiceException", "AccessDeniedException", "SerializationException"}
	return slices.Contains(op.Errors, code) || slices.Contains(everywhere, code)
}

// asDeclared makes an operation answer only with errors that it declares: the nearest class stands in for another, with
// the same message. It has not been observed which class AWS takes in such cases.
func asDeclared(op wire.Operation) wire.Operation {
	serve := op.Serve
	op.Serve = func(ctx context.Context, r *wire.Request) (*wire.Response, error) {
		resp, err := serve(ctx, r)
		var e wire.Error
		if err == nil || !errors.As(err, &e) || declares(op.Model, e.ErrorCode()) {
			return resp, err
		}
		return nil, nearest(op.Model, e)
	}
	return op
}

func nearest(operation wire.OperationModel, e wire.Error) error {
	message := strings.TrimPrefix(strings.TrimPrefix(e.Error(), e.ErrorCode()), ": ")
	switch {
	case e.ErrorCode() == "ResourceConflictException" && declares(operation, "ConflictException"):
		return &connectapi.ConflictException{Message: message}
	case e.ErrorCode() == limitCode && declares(operation, quotaCode):
		return &connectapi.ServiceQuotaExceededException{Message: message}
	case e.ErrorCode() != invalidRequestCode && declares(operation, invalidRequestCode):
		return invalidRequest("%s", message)
	}
	return invalidParameter("%s", message)
}
