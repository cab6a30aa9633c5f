// Package center holds the words of the contact center: commands that ask, events that are facts, effects that ask the
// world, and the things they are about. It reads no clock, draws no random number and does no I/O; nor does anything
// below internal/center.
//
// Events are kept forever in the journal: a field is only ever added, and old journals must decode for as long as the
// project lives. An event carries every fact that a document made from it needs, so that no reader has to ask the
// machine; its time is the time of its step.
package center

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Names of things. All but InstanceID are unique within their instance; all are UUIDs in lower case, made by DeriveID.
type (
	InstanceID        string
	ContactID         string
	AgentID           string // of the user who is the agent
	QueueID           string // of a standard queue; the queue of an agent has the agent's id
	RoutingProfileID  string
	AgentStatusID     string
	HoursID           string
	FlowID            string
	SecurityProfileID string
	PhoneNumberID     string
	QuickConnectID    string
	HierarchyGroupID  string
	HierarchyLevelID  string
	HoursOverrideID   string
	TaskTemplateID    string
	PromptID          string
	AssociationID     string // of a storage configuration: 64 hex digits
)

// DeriveID makes the n-th identity that a step at a journal place needs: a keyed hash shaped as a version 4 UUID. The
// same journal therefore always yields the same center.
func DeriveID(key []byte, place uint64, n int) string {
	sum := derive(key, "id", place, n)
	sum[6] = sum[6]&0x0f | 0x40
	sum[8] = sum[8]&0x3f | 0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// DeriveAssociationID is DeriveID in the shape of a storage association's id.
func DeriveAssociationID(key []byte, place uint64, n int) AssociationID {
	sum := derive(key, "association", place, n)
	return AssociationID(hex.EncodeToString(sum[:]))
}

func derive(key []byte, kind string, place uint64, n int) [sha256.Size]byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(kind))
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], place)
	binary.BigEndian.PutUint64(b[8:], uint64(n))
	m.Write(b[:])
	return [sha256.Size]byte(m.Sum(nil))
}
