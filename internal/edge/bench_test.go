package edge

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hookswitch/hookswitch/internal/wire"
)

// discard is a ResponseWriter that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

func (d *discard) SetReadDeadline(time.Time) error  { return nil }
func (d *discard) SetWriteDeadline(time.Time) error { return nil }

// BenchmarkEdge is what the edge itself costs for a PutRecords of 1 KiB and a canned answer: no network, no codec.
func BenchmarkEdge(b *testing.B) {
	for _, mode := range []AuthMode{AuthOpen, AuthVerify} {
		b.Run(string(mode), func(b *testing.B) {
			h, body, header := benchHandler(b, mode)
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			w := &discard{header: http.Header{}}
			reader := bytes.NewReader(body)
			r := httptest.NewRequest("POST", "http://localhost:4566/", nil)
			r.RequestURI, r.Host, r.Header, r.ContentLength, r.Body = "/", "localhost:4566", header, int64(len(body)), io.NopCloser(reader)
			for b.Loop() {
				reader.Reset(body)
				clear(w.header)
				h.ServeHTTP(w, r)
			}
			if h.served == "" || w.header["Content-Length"][0] != "2" {
				b.Fatal(w.header)
			}
		})
	}
}

// BenchmarkServer adds HTTP/1.1 over loopback and a client. Its "bare" case is net/http alone with the same answer:
// what the edge adds is the difference.
func BenchmarkServer(b *testing.B) {
	edge, body, header := benchHandler(b, AuthOpen)
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write([]byte("{}"))
	})
	for name, h := range map[string]http.Handler{"edge": edge, "bare": bare} {
		b.Run(name, func(b *testing.B) {
			s, err := Listen(b.Context(), ServerConfig{Addr: "127.0.0.1:0", Handler: h})
			if err != nil {
				b.Fatal(err)
			}
			go s.Serve()
			defer s.Shutdown(context.Background())
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				client := &http.Client{Transport: &http.Transport{}}
				defer client.CloseIdleConnections()
				for pb.Next() {
					r, _ := http.NewRequest("POST", "http://"+s.Addr().String()+"/", bytes.NewReader(body))
					r.Header = header
					resp, err := client.Do(r)
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
					if resp.StatusCode != 200 {
						b.Errorf("got %d", resp.StatusCode)
						return
					}
				}
			})
		})
	}
}

func benchHandler(b *testing.B, mode AuthMode) (*Handler, []byte, http.Header) {
	svc := kinesisService()
	answer := []byte("{}")
	h, err := New(Config{Auth: mode, Credentials: credentialsOfTest, Wall: frozen(), Operations: []wire.Operation{
		{Service: svc, Model: svc.Catalogue[0], Serve: func(context.Context, *wire.Request) (*wire.Response, error) {
			return &wire.Response{Status: 200, ContentType: "application/x-amz-json-1.1", Body: answer}, nil
		}},
	}})
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"StreamName":"s","Records":[{"PartitionKey":"k","Data":"` + strings.Repeat("QUJD", 342) + `"}]}`)
	r := httptest.NewRequest("POST", "http://localhost:4566/", bytes.NewReader(body))
	r.Header.Set("X-Amz-Target", "Kinesis_20131202.PutRecords")
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	if err := signWith(b.Context(), r, body, aws.Credentials{AccessKeyID: someKey, SecretAccessKey: someSecret}, "kinesis", "eu-west-1", now); err != nil {
		b.Fatal(err)
	}
	return h, body, r.Header
}
