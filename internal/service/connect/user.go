package connect

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// DefaultPasswordRounds makes guessing a password from its hash slow (OWASP's figure for PBKDF2 with SHA-256).
const DefaultPasswordRounds = 600_000

// hashPassword returns what is kept of a password: salted and slow to guess, never the password.
func (s *Service) hashPassword(ctx context.Context, password *string) (string, error) {
	if password == nil {
		return "", nil
	}
	if err := s.hashing.enter(ctx); err != nil {
		return "", err
	}
	defer s.hashing.leave()
	var salt [16]byte
	if _, err := io.ReadFull(s.cfg.Random, salt[:]); err != nil {
		return "", fmt.Errorf("draw a salt: %w", err)
	}
	sum, err := pbkdf2.Key(sha256.New, *password, salt[:], s.cfg.PasswordRounds, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$pbkdf2-sha256$%d$%s$%s", s.cfg.PasswordRounds, b64.EncodeToString(salt[:]), b64.EncodeToString(sum)), nil
}

func phoneIn(p *connectapi.UserPhoneConfig) (center.PhoneConfig, error) {
	if p == nil {
		return center.PhoneConfig{}, nil
	}
	if value(p.PersistentConnection) {
		return center.PhoneConfig{}, unsupported("PhoneConfig.PersistentConnection")
	}
	return center.PhoneConfig{
		Type: value(p.PhoneType), AutoAccept: value(p.AutoAccept), ACWLimit: int(value(p.AfterContactWorkTimeLimit)), DeskNumber: value(p.DeskPhoneNumber),
	}, nil
}

func phoneOut(p center.PhoneConfig) *connectapi.UserPhoneConfig {
	return &connectapi.UserPhoneConfig{
		PhoneType: ptr(p.Type), AutoAccept: ptr(p.AutoAccept), AfterContactWorkTimeLimit: ptr(int32(p.ACWLimit)), DeskPhoneNumber: optional(p.DeskNumber),
	}
}

func identityIn(i *connectapi.UserIdentityInfo) center.User {
	if i == nil {
		return center.User{}
	}
	return center.User{
		FirstName: value(i.FirstName), LastName: value(i.LastName), Email: value(i.Email), SecondaryEmail: value(i.SecondaryEmail), Mobile: value(i.Mobile),
	}
}
