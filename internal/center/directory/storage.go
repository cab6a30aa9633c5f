package directory

import (
	"slices"
	"strings"

	"github.com/hookswitch/hookswitch/internal/center"
)

// Storage types.
const (
	typeS3             = "S3"
	typeVideoStream    = "KINESIS_VIDEO_STREAM"
	typeStream         = "KINESIS_STREAM"
	typeDeliveryStream = "KINESIS_FIREHOSE"
)

// resourceTypes are all that the API model knows (InstanceStorageResourceType).
func resourceTypes() []center.ResourceType {
	return []center.ResourceType{
		"CHAT_TRANSCRIPTS", "CALL_RECORDINGS", "SCHEDULED_REPORTS", "MEDIA_STREAMS", center.ContactTraceRecords, center.AgentEvents,
		"REAL_TIME_CONTACT_ANALYSIS_SEGMENTS", "ATTACHMENTS", "CONTACT_EVALUATIONS", "SCREEN_RECORDINGS",
		"REAL_TIME_CONTACT_ANALYSIS_CHAT_SEGMENTS", "REAL_TIME_CONTACT_ANALYSIS_VOICE_SEGMENTS", "EMAIL_MESSAGES",
	}
}

// associateStorage binds a resource type for the first time. AWS allows one association of a resource type and answers a
// second one with ResourceConflictException; the command is refused as a Conflict that names the first.
func (q *request) associateStorage(c center.AssociateStorage) ([]center.Event, error) {
	if err := q.checkStorage(c.Resource, c.Config); err != nil {
		return nil, err
	}
	if a, ok := q.Associations[c.Resource]; ok {
		return nil, &center.Refused{Reason: center.Conflict, Kind: center.KindAssociation, ID: string(a.ID), Field: "ResourceType",
			Detail: string(c.Resource) + " is associated already"}
	}
	a := center.Association{ID: center.DeriveAssociationID(q.Key, q.stamp.Place, 0), Resource: c.Resource, Config: c.Config}
	return []center.Event{center.StorageAssociated{Association: a}}, nil
}

func (q *request) updateStorage(c center.UpdateStorage) ([]center.Event, error) {
	a, err := q.association(c.Resource, c.ID)
	if err != nil {
		return nil, err
	}
	if err := q.checkStorage(c.Resource, c.Config); err != nil {
		return nil, err
	}
	a.Config = c.Config
	return []center.Event{center.StorageAssociated{Association: a}}, nil
}

func (q *request) disassociateStorage(c center.DisassociateStorage) ([]center.Event, error) {
	if _, err := q.association(c.Resource, c.ID); err != nil {
		return nil, err
	}
	return []center.Event{center.StorageDisassociated{ID: c.ID, Resource: c.Resource}}, nil
}

// association finds one by the pair that every operation names it by.
func (q *request) association(r center.ResourceType, id center.AssociationID) (center.Association, error) {
	a, ok := q.Associations[r]
	if !ok || a.ID != id {
		return a, notFound(center.KindAssociation, id)
	}
	return a, nil
}

// checkStorage holds AWS's rules about which storage a resource type takes, and refuses what nothing here would honour.
func (q *request) checkStorage(r center.ResourceType, c center.StorageConfig) error {
	if !slices.Contains(resourceTypes(), r) {
		return invalid("ResourceType", "%q is no resource type", r)
	}
	if r != center.ContactTraceRecords && r != center.AgentEvents {
		return invalid("ResourceType", "%s is not supported: only %s and %s are", r, center.ContactTraceRecords, center.AgentEvents)
	}
	switch c.Type {
	case typeStream:
	case typeDeliveryStream:
		if r == center.ContactTraceRecords {
			return invalid("StorageType", "%s is not supported yet: contact records go to a %s", typeDeliveryStream, typeStream)
		}
		return invalid("StorageType", "%s goes to a %s only", r, typeStream)
	case typeS3, typeVideoStream:
		return invalid("StorageType", "%s does not go to %s, but to a %s", r, c.Type, typeStream)
	default:
		return invalid("StorageType", "%q is no storage type", c.Type)
	}
	switch {
	case c.StreamARN == "":
		return invalid("KinesisStreamConfig", "must be given for %s", typeStream)
	case c.Bucket != "":
		return invalid("S3Config", "must not be given for %s", typeStream)
	case c.FirehoseARN != "":
		return invalid("KinesisFirehoseConfig", "must not be given for %s", typeStream)
	case c.Prefix != "" || c.RetentionHour != 0 || c.EncryptionKey != "":
		return invalid("KinesisVideoStreamConfig", "must not be given for %s", typeStream)
	}
	return q.checkStreamARN(c.StreamARN)
}

// checkStreamARN: the stream must be in the account and Region of the instance (documented).
func (q *request) checkStreamARN(s string) error {
	own, p := strings.SplitN(q.Instance.ARN, ":", 6), strings.SplitN(s, ":", 6)
	if len(p) != 6 || p[0] != "arn" || p[2] != "kinesis" || !strings.HasPrefix(p[5], "stream/") || p[5] == "stream/" {
		return invalid("StreamArn", "%q does not name a stream", s)
	}
	if len(own) != 6 || p[1] != own[1] || p[3] != own[3] || p[4] != own[4] {
		return invalid("StreamArn", "the stream must be in the account and Region of the instance, %s", q.Instance.ARN)
	}
	return nil
}
