package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"time"
)

const (
	// answerBytesMax bounds an answer: GetRecords gives 10 MiB, which is 14 in base64, and what is around it.
	answerBytesMax = 64 << 20
	// answerTimeout is how long an answer may take.
	answerTimeout = 30 * time.Second
)

// conn is one keep-alive connection. Its memory is used again for every answer.
type conn struct {
	net  net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(ctx context.Context, address string) (*conn, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" {
		return nil, fmt.Errorf("%s is not an http URL", address)
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), "80")
	}
	c, err := new(net.Dialer).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, err
	}
	return &conn{net: c, in: bufio.NewReaderSize(c, 256<<10)}, nil
}

// do sends a request and returns status and body of its answer. The body is valid until the next call.
func (c *conn) do(request []byte, deadline time.Time) (int, []byte, error) {
	if err := c.net.SetDeadline(deadline); err != nil {
		return 0, nil, err
	}
	if _, err := c.net.Write(request); err != nil {
		return 0, nil, err
	}
	return c.read()
}

var errAnswer = errors.New("not an answer this client reads: it wants HTTP/1.1 and a Content-Length")

func (c *conn) read() (status int, body []byte, err error) {
	status, length, err := c.head()
	if err != nil {
		return 0, nil, err
	}
	if length < 0 || length > answerBytesMax {
		return 0, nil, errAnswer
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	_, err = io.ReadFull(c.in, c.body)
	return status, c.body, err
}

// head reads up to the body of an answer; length is -1 where it does not say how long that is.
func (c *conn) head() (status, length int, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, 0, errAnswer
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, errAnswer
	}
	for length = -1; ; {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return 0, 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			return status, length, nil
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, 0, errAnswer
			}
		}
	}
}

// textMember returns the value of a string member of a flat JSON answer, found by scanning; "" when it is not there. What
// it is used for (iterators, states) has no escapes but that of a slash.
func textMember(body []byte, name string) string {
	i := bytes.LastIndex(body, []byte(`"`+name+`":`))
	if i < 0 {
		return ""
	}
	rest := bytes.TrimLeft(body[i+len(name)+3:], " ")
	if len(rest) == 0 || rest[0] != '"' {
		return ""
	}
	end := bytes.IndexByte(rest[1:], '"')
	if end < 0 {
		return ""
	}
	return string(bytes.ReplaceAll(rest[1:1+end], []byte(`\/`), []byte(`/`)))
}

// numberMember returns the value of a whole-number member, or -1.
func numberMember(body []byte, name string) int {
	i := bytes.LastIndex(body, []byte(`"`+name+`":`))
	if i < 0 {
		return -1
	}
	rest := bytes.TrimLeft(body[i+len(name)+3:], " ")
	end := 0
	for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(string(rest[:end]))
	if err != nil {
		return -1
	}
	return n
}
