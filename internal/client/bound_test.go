// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// rawService is a listener that sends whatever respond writes: what net/http
// would never send, or sends at another moment.
type rawService struct {
	url      string
	requests atomic.Int64
	creates  atomic.Int64
}

// newRawService has respond called for each request of a connection, until it
// returns false, which closes the connection.
func newRawService(t *testing.T, respond func(conn net.Conn, req *http.Request) bool) *rawService {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	s := &rawService{url: "http://" + listener.Addr().String()}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn, respond)
		}
	}()
	return s
}

func (s *rawService) serve(conn net.Conn, respond func(net.Conn, *http.Request) bool) {
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		s.requests.Add(1)
		if req.Method == http.MethodPost {
			s.creates.Add(1)
		}
		if !respond(conn, req) {
			return
		}
	}
}

// writing responds with text and closes the connection.
func writing(text string) func(net.Conn, *http.Request) bool {
	return func(conn net.Conn, _ *http.Request) bool {
		_, _ = io.WriteString(conn, text)
		return false
	}
}

func okResponse(code int, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s", code, len(body), body)
}

// The connection of a 101 belongs to the caller that requested another protocol: no
// context of net/http ends a read of it.
func TestSwitchedProtocolEndsEveryCallAtOnce(t *testing.T) {
	for name, ask := range everyCall {
		t.Run(name, func(t *testing.T) {
			closed := make(chan struct{})
			s := newRawService(t, func(conn net.Conn, _ *http.Request) bool {
				_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
				_, _ = conn.Read(make([]byte, 1)) // until the client closes
				close(closed)
				return false
			})
			c := newTestClient(t, s.url)
			ended := make(chan error, 1)
			go func() { ended <- ask(t.Context(), c) }()
			select {
			case err := <-ended:
				if err == nil || !strings.Contains(err.Error(), "101") {
					t.Errorf("error = %v", err)
				}
				if name == "create" && kindOf(err) != unknown {
					t.Errorf("ended with %s: %v", kindOf(err), err)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("hangs")
			}
			<-closed
			if n := s.requests.Load(); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// An invalid status does not show what was done.
func TestCreateWithAStatusThatSaysNothing(t *testing.T) {
	for _, first := range []string{"000", "099", "101", "300", "301", "304", "307", "399", "500", "599", "600", "999"} {
		t.Run(first, func(t *testing.T) {
			s := newRawService(t, writing("HTTP/1.1 "+first+" X\r\nContent-Length: 0\r\nLocation: http://127.0.0.1:1/\r\n\r\n"))
			_, err := newTestClient(t, s.url).CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
			if kindOf(err) != unknown || s.creates.Load() != 1 {
				t.Errorf("ended with %s after %d creates: %v", kindOf(err), s.creates.Load(), err)
			}
		})
	}
}

// Wherever the response to a create breaks off, the create is sent once, and is
// either known with its own ID or reported as possible.
func TestCreateCutAtEveryByte(t *testing.T) {
	chunked := "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n" +
		fmt.Sprintf("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", 90, created[:90], len(created)-90, created[90:])
	for name, whole := range map[string]string{"with a length": okResponse(201, created), "in chunks": chunked, "to the end": "HTTP/1.0 201 X\r\n\r\n" + created} {
		t.Run(name, func(t *testing.T) {
			var length atomic.Int64
			s := newRawService(t, func(conn net.Conn, _ *http.Request) bool {
				_, _ = io.WriteString(conn, whole[:length.Load()])
				return false
			})
			kinds := map[string]int{}
			for n := range len(whole) + 1 {
				length.Store(int64(n))
				before := s.creates.Load()
				session, err := newTestClient(t, s.url).CreateSession(t.Context(), "f1", "live", bodyOf("{}"))
				kind := kindOf(err)
				kinds[kind]++
				if kind == notCreated || s.creates.Load() != before+1 {
					t.Errorf("after %d bytes: %d creates, ended with %s: %v", n, s.creates.Load()-before, kind, err)
				}
				if kind == succeeded && session.ID != "s1" {
					t.Errorf("after %d bytes: session %q", n, session.ID)
				}
			}
			if kinds[succeeded] == 0 || kinds[unknown] == 0 || kinds[incomplete] == 0 {
				t.Errorf("not all ends occurred: %v", kinds)
			}
		})
	}
}

// A gateway that sends a response twice makes the second one that of the next
// request on the connection, and so on.
func TestRepeatedResponsesAreNobodyElses(t *testing.T) {
	log.SetOutput(io.Discard) // net/http reports each one that it notices
	defer log.SetOutput(os.Stderr)
	var made atomic.Int64
	s := newRawService(t, func(conn net.Conn, req *http.Request) bool {
		response := okResponse(200, `{"sessionId":"read-`+req.URL.Path[len(req.URL.Path)-2:]+`"}`)
		if req.Method == http.MethodPost {
			// The flow in the path identifies the create; the response names none.
			flow := strings.Split(req.URL.Path, "/")[4]
			response = okResponse(201, `{"sessionContext":{"sessionId":"of-`+flow+`"}}`)
			made.Add(1)
		}
		_, _ = io.WriteString(conn, response+response)
		return true
	})
	c := newTestClient(t, s.url, func(cfg *Config) { cfg.MaxRetries = 0 })
	var next, wrong atomic.Int64
	failed := runParallel(200, 8, func() error {
		n := next.Add(1)
		flow := fmt.Sprintf("f%d", n)
		session, err := c.CreateSession(t.Context(), flow, "live", bodyOf("{}"))
		if err == nil && session.ID != "of-"+flow {
			wrong.Add(1)
		}
		id := fmt.Sprintf("read-%02d", n%100)
		if read, readErr := c.Session(t.Context(), "live", id); readErr == nil && read.ID != id {
			wrong.Add(1)
		}
		return err
	})
	if wrong.Load() > 0 || failed > 0 || made.Load() != 200 {
		t.Errorf("%d calls took another's response, %d of %d creates failed", wrong.Load(), failed, made.Load())
	}
}

// A response that names what was not asked for is another request's.
func TestResponsesAboutSomethingElse(t *testing.T) {
	earlier := func(ctx context.Context, c *Client) error {
		_, _ = c.CreateSession(ctx, "f1", "live", bodyOf("{}"))
		return everyCall["create"](ctx, c)
	}
	read := func(ctx context.Context, c *Client) error {
		_, _ = c.Session(ctx, "live", "s1")
		return everyCall["create"](ctx, c)
	}
	for name, tt := range map[string]struct {
		ask  func(context.Context, *Client) error
		body string
		text string
	}{
		"the ID of an earlier create": {earlier, `{"sessionId":"s1"}`, "an earlier response contained"},
		"the ID of an earlier read":   {read, `{"sessionId":"s1"}`, "an earlier response contained"},
		"a create, another flow":      {everyCall["create"], `{"sessionId":"s1","flowId":"f2"}`, "another flow"},
		"a create, an environment":    {everyCall["create"], `{"sessionId":"s1","environment":"staging"}`, "another environment"},
		"a create, no plain ID":       {everyCall["create"], `{"sessionId":"s1\u001b[31m"}`, "characters that no ID has"},
		"a create, a path as ID":      {everyCall["create"], `{"sessionId":"../s1"}`, "characters that no ID has"},
		"a read of another session":   {everyCall["session"], `{"sessionId":"s2"}`, "the response is about another session"},
		"a read, an environment":      {everyCall["session"], `{"sessionId":"s1","environment":"staging"}`, "another environment"},
		"a list of another flow":      {everyCall["sessions"], `[{"sessionId":"s1","flowId":"f2"}]`, "the list is about a session of another flow"},
		"a list, no plain ID":         {everyCall["sessions"], `[{"sessionId":"s1\nError"}]`, "characters that no ID has"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newRawService(t, writing(okResponse(200, tt.body)))
			err := tt.ask(t.Context(), newTestClient(t, s.url))
			if err == nil || !strings.Contains(err.Error(), tt.text) {
				t.Fatalf("error = %v, want %q", err, tt.text)
			}
			var unreadable *Error
			if creates := s.creates.Load() > 0; creates && kindOf(err) != unknown || !creates && !errors.As(err, &unreadable) {
				t.Errorf("ended with %s: %v", kindOf(err), err)
			}
		})
	}
}

// Reads of one's own in any spelling are reads of one's own.
func TestReadInAnotherCase(t *testing.T) {
	s := newRawService(t, writing(okResponse(200, `{"sessionId":"ABC","environment":"Live"}`)))
	if got, err := newTestClient(t, s.url).Session(t.Context(), "live", "abc"); err != nil || got.ID != "abc" {
		t.Errorf("%+v, %v", got, err)
	}
}

// A page of millions of empty entries is small while it travels and thousands of
// times larger as values.
func TestMillionsOfEntries(t *testing.T) {
	const bound = 32 * maxPage // of all that is ever allocated, for one list at a time
	for name, page := range map[string]string{"flows": `{"content":[%s]}`, "sessions": `[%s]`, "datablocks": `{"page":{},"dataBlocks":[%s]}`} {
		t.Run(name, func(t *testing.T) {
			page := gzipped(fmt.Sprintf(page, strings.Repeat("{},", (maxPage-100)/3)+"{}"))
			s := newRawService(t, writing(fmt.Sprintf("HTTP/1.1 200 X\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(page), page)))
			c := newTestClient(t, s.url)
			before := allocated()
			err := everyCall[name](t.Context(), c)
			if cost := allocated() - before; cost > bound {
				t.Errorf("cost %d MiB", cost>>20)
			}
			if err == nil || !strings.Contains(err.Error(), "more than 50000 entries") {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// Ordinary pages without end are bounded in their sum, too.
func TestListOfManyPages(t *testing.T) {
	page := []byte(`{"content":[{"id":"a"}],"page":{"totalPages":9}}`)
	visited := 0
	for name, tt := range map[string]struct {
		before list[Flow]
		text   string
	}{
		"bytes":   {list[Flow]{bytes: maxList - int64(len(page)) + 1}, "the list is larger than 128 MiB"},
		"entries": {list[Flow]{received: maxEntries}, "the list has more than 100000 entries"},
	} {
		t.Run(name, func(t *testing.T) {
			l := &tt.before
			l.seen = map[string]bool{}
			l.visit = func(Flow) error { visited++; return nil }
			if _, err := l.readPage(page, 2); err == nil || !strings.Contains(err.Error(), tt.text) || visited > 0 {
				t.Errorf("visited %d, error = %v", visited, err)
			}
		})
	}
}

func TestListBounds(t *testing.T) {
	many := strings.Repeat(`{},`, maxOnPage-1)
	for name, tt := range map[string]struct{ page, text string }{
		"a whole page":        {`[` + many + `{}]`, ""},
		"one entry more":      {`[` + many + `{},{}]`, "more than 50000 entries"},
		"a large entry":       {`[{"x":"` + strings.Repeat("x", maxSession) + `"}]`, "an entry of the list is larger than 8 MiB"},
		"members without end": {`{` + manyMembers() + `}`, ""},
		"something behind":    {`[]]`, "not a list in JSON"},
		"broken off":          {`[{"id":"a"}`, "not a list in JSON"},
		"an entry broken off": {`{"content":[{"id":"a"},{"id"`, "not a list in JSON"},
		"two lists":           {`{"content":[{"id":"a"}],"dataBlocks":[{"id":"b"}]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newRawService(t, writing(okResponse(200, tt.page)))
			_, err := newTestClient(t, s.url).ListFlows(t.Context(), "live")
			if tt.text == "" && err != nil || tt.text != "" && (err == nil || !strings.Contains(err.Error(), tt.text)) {
				t.Errorf("error = %v, want %q", err, tt.text)
			}
		})
	}
}

func manyMembers() string {
	var b strings.Builder
	for n := range 600_000 {
		fmt.Fprintf(&b, `"%d":0,`, n)
	}
	return b.String() + `"content":[]`
}

// Attributes of a data block's content that are beside its own members are read into a
// map, which costs many times what they take in the response.
func TestDataBlockOfManyMembers(t *testing.T) {
	page := `[{` + strings.TrimSuffix(manyMembers(), `,"content":[]`) + `}]`
	s := newRawService(t, writing(okResponse(200, page)))
	c := newTestClient(t, s.url)
	before := allocated()
	blocks, err := c.DataBlocks(t.Context(), "live", "s1")
	if cost := allocated() - before; err != nil || len(blocks) != 1 || blocks[0].Content != nil || cost > 20*uint64(len(page)) {
		t.Errorf("%d blocks of %d bytes cost %d MiB, error %v", len(blocks), len(page), cost>>20, err)
	}
}

// Many searches or reads at once cost what their pages cost.
func TestParallelListsStayBounded(t *testing.T) {
	const parallel, each = 10, 256 << 20 // bytes that are ever allocated
	page := "[" + strings.Repeat(`{},`, 2_000_000) + "{}]"
	s := newRawService(t, writing(okResponse(200, page)))
	c := newTestClient(t, s.url)
	var all sync.WaitGroup
	before := allocated()
	for range parallel {
		all.Go(func() { _ = everyCall["sessions"](t.Context(), c) })
	}
	all.Wait()
	if cost := allocated() - before; cost > parallel*each {
		t.Errorf("cost %d MiB", cost>>20)
	}
}
