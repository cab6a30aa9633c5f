package directory

import (
	"regexp"
	"slices"

	"github.com/hookswitch/hookswitch/internal/center"
)

// functionsMax is how many Lambda functions an instance has (service quota: 50, raised on request).
const functionsMax = 50

// functionARN is the ARN of a Lambda function, with or without a version or alias.
var functionARN = regexp.MustCompile(`^arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9$_-]{1,128})?$`)

// associateFunction lets the instance's flows invoke a Lambda function. Doing it again changes nothing.
func (q *request) associateFunction(c center.AssociateFunction) ([]center.Event, error) {
	if !functionARN.MatchString(c.ARN) {
		return nil, invalid("FunctionArn", "must be the ARN of a Lambda function")
	}
	if slices.Contains(q.Functions, c.ARN) {
		return nil, nil
	}
	if len(q.Functions) >= functionsMax {
		return nil, limit(center.KindFunction, functionsMax)
	}
	return []center.Event{center.FunctionAssociated{ARN: c.ARN}}, nil
}

func (q *request) disassociateFunction(c center.DisassociateFunction) ([]center.Event, error) {
	if !slices.Contains(q.Functions, c.ARN) {
		return nil, notFound(center.KindFunction, c.ARN)
	}
	return []center.Event{center.FunctionDisassociated{ARN: c.ARN}}, nil
}
