package sts

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssts "github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hookswitch/hookswitch/internal/edge"
	"github.com/hookswitch/hookswitch/internal/wire"
)

// TestGetCallerIdentity asks as Terraform's provider and the AWS CLI do.
func TestGetCallerIdentity(t *testing.T) {
	handler, err := edge.New(edge.Config{Operations: (&Service{}).Operations()})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	for key, account := range map[string]string{"123456789012": "123456789012", "AKIAEXAMPLE": edge.DefaultAccount} {
		client := awssts.NewFromConfig(aws.Config{Region: "eu-central-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider(key, "secret", "")})
		out, err := client.GetCallerIdentity(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if *out.Account != account || *out.UserId != account || *out.Arn != "arn:aws:iam::"+account+":root" {
			t.Errorf("%s is %s, %s, %s", key, *out.Account, *out.UserId, *out.Arn)
		}
	}
}

// TestPartition: the ARN is of the caller's partition, and of the usual one where none is known.
func TestPartition(t *testing.T) {
	for partition, want := range map[string]string{"": "arn:aws:iam::1:root", "aws-cn": "arn:aws-cn:iam::1:root"} {
		out, err := (&Service{}).getCallerIdentity(wire.WithCaller(t.Context(), wire.Caller{Account: "1", Partition: partition}), nil)
		if err != nil || *out.Arn != want {
			t.Errorf("in partition %q: %v, %v", partition, out, err)
		}
	}
}
