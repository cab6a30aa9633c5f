package connect

import (
	"context"

	"github.com/hookswitch/hookswitch/internal/api/connectapi"
	"github.com/hookswitch/hookswitch/internal/center"
)

// createUser makes a user and its agent queue. The user is an agent at once, in the status Offline.
func (s *Service) createUser(ctx context.Context, in *connectapi.CreateUserInput) (*connectapi.CreateUserOutput, error) {
	if err := refuseSet(
		member{"AutoAcceptConfigs", len(in.AutoAcceptConfigs) > 0},
		member{"AfterContactWorkConfigs", len(in.AfterContactWorkConfigs) > 0},
		member{"PhoneNumberConfigs", len(in.PhoneNumberConfigs) > 0},
		member{"PersistentConnectionConfigs", len(in.PersistentConnectionConfigs) > 0},
		member{"VoiceEnhancementConfigs", len(in.VoiceEnhancementConfigs) > 0},
	); err != nil {
		return nil, err
	}
	c, err := s.find(ctx, in.InstanceId) // before the password is hashed, which takes a while
	if err != nil {
		return nil, err
	}
	if kind := instanceOf(c).IdentityManagement; in.Password != nil && kind != connectapi.DirectoryTypeConnectManaged {
		return nil, invalidParameter("Password: must not be given with identity management %s", kind)
	}
	u := identityIn(in.IdentityInfo)
	if u.Phone, err = phoneIn(in.PhoneConfig); err != nil {
		return nil, err
	}
	if u.PasswordHash, err = s.hashPassword(ctx, in.Password); err != nil {
		return nil, err
	}
	u.Username, u.DirectoryUserID, u.Tags = value(in.Username), value(in.DirectoryUserId), in.Tags
	u.RoutingProfile, u.Group = id[center.RoutingProfileID](in.RoutingProfileId), id[center.HierarchyGroupID](in.HierarchyGroupId)
	u.SecurityProfiles = idsIn[center.SecurityProfileID](in.SecurityProfileIds)
	inst, e, err := created[center.UserSaved](ctx, s, in.InstanceId, center.CreateUser{User: u})
	if err != nil {
		return nil, err
	}
	return &connectapi.CreateUserOutput{UserId: ptr(string(e.User.ID)), UserArn: ptr(resourceARN(inst, center.KindUser, string(e.User.ID)))}, nil
}
