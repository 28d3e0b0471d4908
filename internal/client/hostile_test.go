// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// everyCall makes each call of the API once, under the name of what it reads.
var everyCall = map[string]func(context.Context, *Client) error{
	"flows":      func(ctx context.Context, c *Client) error { _, err := c.ListFlows(ctx, "live"); return err },
	"document":   func(ctx context.Context, c *Client) error { _, err := c.FlowDocument(ctx, "live", "f1"); return err },
	"session":    func(ctx context.Context, c *Client) error { _, err := c.Session(ctx, "live", "s1"); return err },
	"datablocks": func(ctx context.Context, c *Client) error { _, err := c.DataBlocks(ctx, "live", "s1"); return err },
	"sessions": func(ctx context.Context, c *Client) error {
		_, err := listSessions(ctx, c, "f1", "live", SessionQuery{})
		return err
	},
	"create": func(ctx context.Context, c *Client) error {
		_, err := c.CreateSession(ctx, "f1", "live", bodyOf("{}"))
		return err
	},
	"file": func(ctx context.Context, c *Client) error { _, err := c.File(ctx, "live", "v1"); return err },
	"token": func(ctx context.Context, c *Client) error {
		credentials := Config{APIURL: c.apiURL, AuthURL: c.apiURL, Credentials: Credentials{ClientID: "id", ClientSecret: testSecret}, RequestTimeout: time.Second}
		withToken, err := New(credentials)
		if err != nil {
			return err
		}
		_, err = withToken.Token(ctx)
		return err
	},
}

// forever writes text again and again, until the client has gone.
func forever(w io.Writer, text string) {
	chunk := []byte(strings.Repeat(text, 1+(32<<10)/len(text)))
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func endless(code int, start, text string) handler {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, start)
		forever(w, text)
	}
}

// bomb is small while it travels and then larger than anything that is read.
func bomb(code int) handler {
	var compressed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&compressed, gzip.BestSpeed)
	_, _ = io.WriteString(w, strings.Repeat(" ", 2*maxPage))
	_ = w.Close()
	return status(code, compressed.String(), "Content-Encoding: gzip")
}

// dripping sends a byte now and then, so that no single read takes long.
func dripping(code int) handler {
	return func(w http.ResponseWriter, r *http.Request, _ int) {
		w.WriteHeader(code)
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			if _, err := io.WriteString(w, " "); err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
			select {
			case <-r.Context().Done():
				return
			case <-ticker.C:
			}
		}
	}
}

// A service whose responses never end costs every call
// bounded memory and time.
func TestHostileService(t *testing.T) {
	// The largest response that is read is 32 MiB. Reading into a buffer that
	// grows costs about five times as much in all, one at a time.
	const memory = 6 * maxPage
	const deadline = time.Second
	for name, respond := range map[string]handler{
		"a body without end":            endless(200, `{"content":"`, "a"),
		"an error without end":          endless(400, `{"message":"`, "a"),
		"a list without end":            endless(200, `{"content":[{}`, `,{"id":"x","sessionId":"x"}`),
		"members without end":           endless(201, `{"sessionContext":{"a":0`, `,"a":0`),
		"objects in objects":            endless(201, "", `{"sessionContext":`),
		"lists in lists":                endless(200, "", `[`),
		"an error of lists in lists":    endless(400, "", `[`),
		"a bomb":                        bomb(200),
		"a bomb of an error":            bomb(500),
		"a drip":                        dripping(200),
		"a drip of an error":            dripping(500),
		"early hints without end":       earlyHints,
		"a redirect with such a body":   endless(302, "", "a"),
		"markup of an error, unclosed":  endless(502, "<html>", "<title "),
		"an error of URLs":              endless(400, "", "a://b?c "),
		"an error of the word redacted": endless(400, "", testKey),
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, respond)
			timeout := deadline
			if strings.HasPrefix(name, "a drip") { // which takes all the time there is
				timeout /= 10
			}
			for call, ask := range everyCall {
				c := newTestClient(t, s.URL, func(cfg *Config) { cfg.MaxRetries, cfg.RequestTimeout = 0, timeout })
				start, before := time.Now(), allocated()
				err := ask(t.Context(), c)
				if took, cost := time.Since(start), allocated()-before; took > 10*deadline || cost > memory {
					t.Errorf("%s: took %s and %d MiB", call, took, cost>>20)
				}
				if err == nil {
					t.Errorf("%s: taken for a complete response", call)
				} else if len(err.Error()) > 1000 {
					t.Errorf("%s: an error of %d bytes", call, len(err.Error()))
				}
			}
		})
	}
}

func earlyHints(w http.ResponseWriter, r *http.Request, _ int) {
	for r.Context().Err() == nil {
		w.Header().Set("Link", "<"+strings.Repeat("a", 1000)+">")
		w.WriteHeader(http.StatusEarlyHints)
	}
}

// allocated is the number of bytes that were ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// As many flows as the bound on pages lets through fit into memory.
func TestHundredThousandFlows(t *testing.T) {
	const flows = maxPages * pageSize
	s := newService(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		number, _ := strconv.Atoi(r.URL.Query().Get("page"))
		var b strings.Builder
		for i := range pageSize {
			fmt.Fprintf(&b, `,{"id":"f%d","name":"Flow %d"}`, (number-1)*pageSize+i, i)
		}
		_, _ = fmt.Fprintf(w, `{"content":[%s],"page":{"totalPages":%d}}`, b.String()[1:], maxPages)
	})
	before := allocated()
	found, err := newTestClient(t, s.URL).ListFlows(t.Context(), "live")
	if err != nil || len(found) != flows {
		t.Fatalf("%d flows, error %v", len(found), err)
	}
	const each = 4 << 10 // bytes, the service's own part included
	if cost := allocated() - before; cost > each*flows {
		t.Errorf("%d flows cost %d MiB", flows, cost>>20)
	}
}
