package arn

import "testing"

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want ARN
	}{
		{"arn:aws:kinesis:us-east-1:111122223333:stream/orders", ARN{"aws", "kinesis", "us-east-1", "111122223333", "stream/orders"}},
		{"arn:aws:kinesis:us-east-1:111122223333:stream/orders/consumer/a:1700000000", ARN{"aws", "kinesis", "us-east-1", "111122223333", "stream/orders/consumer/a:1700000000"}},
		{"arn:aws:s3:::bucket/key", ARN{"aws", "s3", "", "", "bucket/key"}},
	} {
		got, err := Parse(c.in)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q) = %+v, %v", c.in, got, err)
		}
		if got.String() != c.in {
			t.Errorf("String of %q = %q", c.in, got.String())
		}
	}
	for _, in := range []string{"", "arn", "arn:aws:kinesis:us-east-1:1", "urn:aws:s3:::b", "arn::s3:::b", "arn:aws::::b", "arn:aws:s3:::"} {
		if got, err := Parse(in); err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", in, got)
		}
	}
	if (ARN{}).String() != "" {
		t.Error("the zero ARN has a text")
	}
}
