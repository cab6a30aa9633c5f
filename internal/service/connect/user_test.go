package connect

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconnect "github.com/aws/aws-sdk-go-v2/service/connect"
	"github.com/aws/aws-sdk-go-v2/service/connect/types"

	"github.com/hookswitch/hookswitch/internal/center"
	"github.com/hookswitch/hookswitch/internal/center/directory"
)

func TestUsers(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	ctx, c := t.Context(), n.client
	describe := func(id *string) *types.User {
		return must(c.DescribeUser(ctx, &awsconnect.DescribeUserInput{InstanceId: n.id, UserId: id}))(t).User
	}
	in := n.newUser("ann")
	in.PhoneConfig, in.Tags = nil, map[string]string{"a": "b"}
	made := must(c.CreateUser(ctx, in))(t)
	want := &types.User{
		Id: made.UserId, Arn: aws.String(n.arn + "/agent/" + *made.UserId), Username: aws.String("ann"), RoutingProfileId: n.profile, SecurityProfileIds: []string{*n.agent},
		IdentityInfo: &types.UserIdentityInfo{FirstName: aws.String("Ann"), LastName: aws.String("Ree")}, PhoneConfig: &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone},
		Tags: map[string]string{"a": "b"}, LastModifiedTime: aws.Time(w.clock.Now()), LastModifiedRegion: aws.String(testRegion),
	}
	twice(t, want, func() *types.User { return describe(made.UserId) })
	same(t, describe(made.UserArn), want)

	w.advance(t, time.Second)
	admin := named(must(c.ListSecurityProfiles(ctx, &awsconnect.ListSecurityProfilesInput{InstanceId: n.id}))(t).SecurityProfileSummaryList,
		func(p types.SecurityProfileSummary) (*string, *string) { return p.Name, p.Id }, "Admin")
	profile := must(c.CreateRoutingProfile(ctx, &awsconnect.CreateRoutingProfileInput{InstanceId: n.id, Name: aws.String("p"), Description: aws.String("d"), DefaultOutboundQueueId: n.queue,
		MediaConcurrencies: []types.MediaConcurrency{{Channel: types.ChannelVoice, Concurrency: aws.Int32(1)}}}))(t).RoutingProfileId
	phone := &types.UserPhoneConfig{PhoneType: types.PhoneTypeSoftPhone, AutoAccept: true, AfterContactWorkTimeLimit: 60, DeskPhoneNumber: aws.String("+12065550199")}
	identity := &types.UserIdentityInfo{FirstName: aws.String("Anna"), LastName: aws.String("Ro"), Email: aws.String("a@example.com"), SecondaryEmail: aws.String("b@example.com"), Mobile: aws.String("+12065550198")}
	must(c.UpdateUserIdentityInfo(ctx, &awsconnect.UpdateUserIdentityInfoInput{InstanceId: n.id, UserId: made.UserId, IdentityInfo: identity}))(t)
	must(c.UpdateUserPhoneConfig(ctx, &awsconnect.UpdateUserPhoneConfigInput{InstanceId: n.id, UserId: made.UserId, PhoneConfig: phone}))(t)
	must(c.UpdateUserRoutingProfile(ctx, &awsconnect.UpdateUserRoutingProfileInput{InstanceId: n.id, UserId: made.UserId, RoutingProfileId: profile}))(t)
	must(c.UpdateUserSecurityProfiles(ctx, &awsconnect.UpdateUserSecurityProfilesInput{InstanceId: n.id, UserId: made.UserId, SecurityProfileIds: []string{*admin, *n.agent}}))(t)
	want.IdentityInfo, want.PhoneConfig, want.RoutingProfileId, want.SecurityProfileIds, want.LastModifiedTime = identity, phone, profile, []string{*admin, *n.agent}, aws.Time(w.clock.Now())
	twice(t, want, func() *types.User { return describe(made.UserId) })

	for i := range 104 {
		n.user(t, fmt.Sprint("user", i))
	}
	sizes, last := []int{}, ""
	for pages := awsconnect.NewListUsersPaginator(c, &awsconnect.ListUsersInput{InstanceId: n.id}); pages.HasMorePages(); {
		page := must(pages.NextPage(ctx))(t).UserSummaryList
		sizes = append(sizes, len(page))
		for _, u := range page {
			if *u.Id <= last {
				t.Errorf("%s comes after %s", *u.Id, last)
			}
			last = *u.Id
		}
	}
	same(t, sizes, []int{100, 5})
	must(c.DeleteUser(ctx, &awsconnect.DeleteUserInput{InstanceId: n.id, UserId: made.UserId}))(t)
	_, err := c.DescribeUser(ctx, &awsconnect.DescribeUserInput{InstanceId: n.id, UserId: made.UserId})
	refused(t, err, "ResourceNotFoundException", 404, *made.UserId)
}

func TestUsersOfSAML(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeSaml)
	in := n.newUser(strings.Repeat("n", 40))
	_, err := n.client.CreateUser(t.Context(), in)
	refused(t, err, "InvalidParameterException", 400, "Password")
	in.Password = nil
	must(n.client.CreateUser(t.Context(), in))(t)
	in.Username, in.IdentityInfo.Email = aws.String("bob"), aws.String("bob@example.com")
	_, err = n.client.CreateUser(t.Context(), in)
	refused(t, err, "InvalidParameterException", 400, "Email")
}

func TestPasswordsAreKeptAsHashes(t *testing.T) {
	w := newWorld(t)
	n := w.tenant(t, "desk", types.DirectoryTypeConnectManaged)
	kept := func(user *string) (hash string) {
		c, _ := w.Find(testAccount, testRegion, center.InstanceID(*n.id))
		c.View().Directory(func(d *directory.Directory) { hash = d.Users[center.AgentID(*user)].PasswordHash })
		return hash
	}
	a, b := kept(n.user(t, "ann")), kept(n.user(t, "bob"))
	if !strings.HasPrefix(a, "$pbkdf2-sha256$1$") || strings.Contains(a, "Secret123") || a == b {
		t.Errorf("kept: %q and %q", a, b)
	}
	if got := New(Config{}).cfg.PasswordRounds; got != DefaultPasswordRounds {
		t.Errorf("without a setting there are %d rounds", got)
	}
	in := n.newUser("cid")
	for _, weak := range []string{"secret123", "SECRET123", "Secretive", "Sec12"} {
		in.Password = &weak
		_, err := n.client.CreateUser(t.Context(), in)
		refused(t, err, "InvalidParameterException", 400, "assword")
	}
}

// TestHashingWaitsItsTurn: no more passwords are hashed at once than hashesAtOnce, and who gives up while waiting is let go.
func TestHashingWaitsItsTurn(t *testing.T) {
	s := New(Config{Random: rand.Reader, PasswordRounds: 1})
	for range hashesAtOnce {
		if err := s.hashing.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.hashPassword(ctx, aws.String("Secret123")); !errors.Is(err, context.Canceled) {
		t.Errorf("one too many got in: %v", err)
	}
	s.hashing.leave()
	if _, err := s.hashPassword(t.Context(), aws.String("Secret123")); err != nil {
		t.Error(err)
	}
}
