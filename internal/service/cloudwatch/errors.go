package cloudwatch

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hookswitch/hookswitch/internal/api/cloudwatchapi"
	"github.com/hookswitch/hookswitch/internal/wire"
)

func invalidValue(format string, args ...any) error {
	return &cloudwatchapi.InvalidParameterValueException{Message: fmt.Sprintf(format, args...)}
}

func invalidCombination(format string, args ...any) error {
	return &cloudwatchapi.InvalidParameterCombinationException{Message: fmt.Sprintf(format, args...)}
}

func missing(format string, args ...any) error {
	return &cloudwatchapi.MissingRequiredParameterException{Message: fmt.Sprintf(format, args...)}
}

// validation refuses what GetMetricData is asked. That operation declares no error for it: it was seen to answer
// ValidationError, its text ended by a line feed (yet-another-cloudwatch-exporter issue 729, 2022-11-21).
func validation(format string, args ...any) error {
	return wire.NewError("ValidationException", http.StatusBadRequest, fmt.Sprintf(format, args...)+"\n")
}

// notSupported refuses a member that would not be honoured. The text is ours.
func notSupported(member string) error { return invalidValue("%s is not supported yet.", member) }

var errStatistics = errors.New("a statistic set needs a count above zero, and numbers that are finite and in order")
