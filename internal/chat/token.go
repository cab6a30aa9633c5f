// Package chat is what the services about chats have in common: the tokens that participants identify themselves with, and
// reading transcripts.
package chat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/hookswitch/hookswitch/internal/center"
)

// What a token is for.
const (
	ForParticipant = "participant" // making connections
	ForConnection  = "connection"  // all else
)

// ErrToken means that a token is none, is not for what it was used for, or has expired.
var ErrToken = errors.New("the token is not valid")

// Token says who holds it: whoever does is that participant.
type Token struct {
	Kind        string            `json:"k"` // ForParticipant or ForConnection
	Account     string            `json:"a"`
	Region      string            `json:"r"`
	Instance    center.InstanceID `json:"i"`
	Contact     center.ContactID  `json:"c"` // that the participant came in with
	Participant string            `json:"p"`
	Expires     time.Time         `json:"e,omitzero"` // zero: with the chat
}

// Sign returns the token as it is given away. The key is the instance's.
func (t Token) Sign(key []byte) (string, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(b)
	return text + "." + base64.RawURLEncoding.EncodeToString(seal(key, text)), nil
}

// Read returns what a token says, which is its holder's word until Check has found the seal good.
func Read(token string) (Token, error) {
	var t Token
	text, _, _ := strings.Cut(token, ".")
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(b, &t) != nil {
		return Token{}, ErrToken
	}
	return t, nil
}

// Check returns nil when the token that was read is good for a kind of use at a time.
func (t Token) Check(key []byte, token, kind string, at time.Time) error {
	text, given, _ := strings.Cut(token, ".")
	sum, err := base64.RawURLEncoding.DecodeString(given)
	if err != nil || !hmac.Equal(sum, seal(key, text)) || t.Kind != kind || !t.Expires.IsZero() && !at.Before(t.Expires) {
		return ErrToken
	}
	return nil
}

func seal(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("participant of a chat"))
	m.Write([]byte(text))
	return m.Sum(nil)
}
