package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signer makes whole HTTP/1.1 requests, signed, as the bytes that go over the wire.
type signer struct {
	url    string
	region string
	creds  aws.Credentials
	v4     *v4.Signer
}

func (s *signer) request(ctx context.Context, operation string, body []byte, now time.Time) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.URL.Path = "/"
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "Kinesis_20131202."+operation)
	sum := sha256.Sum256(body)
	if err := s.v4.SignHTTP(ctx, s.creds, r, hex.EncodeToString(sum[:]), "kinesis", s.region, now); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// record is a record to put; its partition key is drawn, so that records spread over the shards.
func record(data string, random *rand.Rand) map[string]any {
	return map[string]any{"Data": data, "PartitionKey": fmt.Sprintf("pk-%016x", random.Uint64())}
}

// puts builds the bodies that the connections of a run take turns in.
func puts(mode, stream string, batch, size, n int) ([][]byte, error) {
	random := rand.New(rand.NewPCG(1, 2))
	raw := make([]byte, size)
	for i := range raw {
		raw[i] = byte(random.Uint32())
	}
	data := base64.StdEncoding.EncodeToString(raw)
	bodies := make([][]byte, n)
	for i := range bodies {
		var in map[string]any
		if mode == modePut1 {
			in = record(data, random)
		} else {
			records := make([]map[string]any, batch)
			for j := range records {
				records[j] = record(data, random)
			}
			in = map[string]any{"Records": records}
		}
		in["StreamName"] = stream
		var err error
		if bodies[i], err = json.Marshal(in); err != nil {
			return nil, err
		}
	}
	return bodies, nil
}
