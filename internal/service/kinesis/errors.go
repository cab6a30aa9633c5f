package kinesis

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/hookswitch/hookswitch/internal/api/kinesisapi"
	"github.com/hookswitch/hookswitch/internal/keys"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// This file is the only place that words refusals which more than one operation has. Unless a comment says otherwise
// the texts are the real service's, as a suite that was run against it in 2020 asserts them.

func notFound(text string) error { return &kinesisapi.ResourceNotFoundException{Message: text} }

func invalidArgument(text string) error { return &kinesisapi.InvalidArgumentException{Message: text} }

func inUse(text string) error { return &kinesisapi.ResourceInUseException{Message: text} }

func limitExceeded(text string) error { return &kinesisapi.LimitExceededException{Message: text} }

func validationText(text string) error { return &kinesisapi.ValidationException{Message: text} }

// validation words one violated constraint as the checks before an operation do.
func validation(what string) error { return validationText("1 validation error detected: " + what) }

// internalFailure is the service's HTTP 500 without a message.
func internalFailure() error {
	return wire.NewError("InternalFailure", http.StatusInternalServerError, "")
}

// accessDenied is what a caller gets for another account's stream when no policy lets it in. (Text from the
// documentation of resource policies.)
func accessDenied(c wire.Caller, action, resource string) error {
	return notAuthorized(c, action, resource, "because no resource-based policy allows the kinesis:"+action+" action")
}

// explicitlyDenied is what a caller gets whom a policy denies an action. (Text as other services' documentation has it.)
func explicitlyDenied(c wire.Caller, action, resource string) error {
	return notAuthorized(c, action, resource, "with an explicit deny in a resource-based policy")
}

func notAuthorized(c wire.Caller, action, resource, why string) error {
	text := fmt.Sprintf("User: arn:%s:iam::%s:root is not authorized to perform: kinesis:%s on resource: %s %s", partition(c), c.Account, action, resource, why)
	return &kinesisapi.AccessDeniedException{Message: text}
}

// of names a stream as most texts do: "<name> under account <id>".
func (k streamKey) of() string { return k.name + " under account " + k.account }

func errNoStream(k streamKey) error { return notFound("Stream " + k.of() + " not found.") }

func errStreamExists(k streamKey) error { return inUse("Stream " + k.of() + " already exists.") }

func errNotActive(k streamKey, status string) error {
	return inUse("Stream " + k.of() + " not ACTIVE, instead in state " + status)
}

// errTooManyChanges is the refusal of a change that others kept overtaking: the service's own for calls that come too fast.
func errTooManyChanges(k streamKey) error {
	return limitExceeded("Rate exceeded for stream " + k.of() + ".")
}

func errShardLimit(a account, have, limit, more int) error {
	return limitExceeded(fmt.Sprintf("This request would exceed the shard limit for the account %s in %s. Current shard count for the account: %d. Limit: %d. "+
		"Number of additional shards that would have resulted from this request: %d. "+
		"Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.",
		a.id, a.region, have, limit, more))
}

// errNoSuchShard is for an ID that no shard can have.
func errNoSuchShard(k streamKey, id string) error {
	return notFound("Could not find shard " + id + " in stream " + k.of() + ".")
}

// errShardDoesNotExist is for reading from a shard, or a stream, that is not there.
func errShardDoesNotExist(k streamKey, index int) error {
	return notFound("Shard " + shardID(index) + " in stream " + k.of() + " does not exist")
}

func errRecordTooLarge(path string, n, maxBytes int) error {
	return validation(fmt.Sprintf("Value 'java.nio.HeapByteBuffer[pos=0 lim=%d cap=%d]' at '%s' failed to satisfy constraint: Member must have length less than or equal to %d", n, n, path, maxBytes))
}

func errRetentionShort(hours int32) error {
	return invalidArgument(fmt.Sprintf("Minimum allowed retention period is %d hours. Requested retention period (%d hours) is too short.", retentionHoursMin, hours))
}

// errRetentionLong is worded after errRetentionShort.
func errRetentionLong(hours int32) error {
	return invalidArgument(fmt.Sprintf("Maximum allowed retention period is %d hours. Requested retention period (%d hours) is too long.", retentionHoursMax, hours))
}

func errRetentionNotLonger(st *streamState, hours int32) error {
	return invalidArgument(fmt.Sprintf("Requested retention period (%d hours) for stream %s can not be shorter than existing retention period (%d hours). Use DecreaseRetentionPeriod API.", hours, st.Name, st.Retention))
}

func errRetentionNotShorter(st *streamState, hours int32) error {
	return invalidArgument(fmt.Sprintf("Requested retention period (%d hours) for stream %s can not be longer than existing retention period (%d hours). Use IncreaseRetentionPeriod API.", hours, st.Name, st.Retention))
}

func errTagCharacter(k streamKey, what string) error {
	return invalidArgument("Failed to " + what + " stream " + k.of() + " because some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.")
}

// errTooManyTags still says 10, as the real service did when the limit had become 50.
func errTooManyTags(k streamKey) error {
	return invalidArgument("Failed to add tags to stream " + k.of() + " because a given stream cannot have more than 10 tags associated with it.")
}

func errTimestampInFuture(t, now time.Time) error {
	return invalidArgument(fmt.Sprintf("The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %d, currentTimestampInMillis: %d", millis(t), millis(now)))
}

// tokenTime is how times look in the refusal of an old iterator: "Thu Jan 22 01:22:02 UTC 2015".
const tokenTime = "Mon Jan 02 15:04:05 MST 2006"

func errExpiredIterator(made, now time.Time) error {
	text := fmt.Sprintf("Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the tolerated delay of %d milliseconds.",
		made.UTC().Format(tokenTime), now.UTC().Format(tokenTime), tokenLife.Milliseconds())
	return &kinesisapi.ExpiredIteratorException{Message: text}
}

// errExpiredToken is worded after errExpiredIterator.
func errExpiredToken(made, now time.Time) error {
	text := fmt.Sprintf("NextToken expired. The token was created at time %s while right now it is %s which is further in the future than the tolerated delay of %d milliseconds.",
		made.UTC().Format(tokenTime), now.UTC().Format(tokenTime), tokenLife.Milliseconds())
	return &kinesisapi.ExpiredNextTokenException{Message: text}
}

// refusedKey is the refusal of a stream's key as callers get it; nil when err is something else. The words are key
// management's, but for a caller without the right to decrypt, which the service words itself (seen in 2023).
func refusedKey(st *streamState, err error) error {
	var e *keys.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Kind {
	case keys.AccessDenied:
		text := e.Message
		if e.Use == keys.Decrypt {
			text = "User " + e.Who + " is not authorized to decrypt records in stream " + st.Account + ":" + st.Name
		}
		return &kinesisapi.KMSAccessDeniedException{Message: text}
	case keys.Disabled:
		return &kinesisapi.KMSDisabledException{Message: e.Message}
	case keys.InvalidState:
		return &kinesisapi.KMSInvalidStateException{Message: e.Message}
	case keys.OptIn:
		return &kinesisapi.KMSOptInRequired{Message: e.Message}
	case keys.Throttling:
		return &kinesisapi.KMSThrottlingException{Message: e.Message}
	}
	return &kinesisapi.KMSNotFoundException{Message: e.Message}
}
