// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Hook is where the events of a flow's sessions go, as the platform's dashboard
// sets it.
type Hook struct {
	FlowID      string            `json:"flowId,omitempty"`      // empty: every flow that has no hook of its own
	Environment string            `json:"environment,omitempty"` // empty: all
	URL         string            `json:"url"`
	Headers     map[string]string `json:"headers,omitempty"` // sent along; values may be secrets
}

var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // a token of RFC 9110

// reserved headers are the emulator's own.
var reserved = []string{"Content-Type", "Content-Length", "Host", "Transfer-Encoding", "Connection", signatureHeader}

// Validate returns the first problem of h, without its URL and the headers' values.
func (h Hook) Validate() error {
	target, err := url.Parse(h.URL)
	switch {
	case err != nil || target.Scheme != "http" && target.Scheme != "https" || target.Hostname() == "":
		return errors.New("a webhook's URL must be absolute, such as http://127.0.0.1:9000/webhook")
	case target.User != nil:
		return errors.New("a webhook's URL must not hold a user and password; send a header instead")
	case len(h.Headers) > 50:
		return errors.New("a webhook has at most 50 headers")
	}
	for name, value := range h.Headers {
		switch {
		case !headerName.MatchString(name):
			return fmt.Errorf("%q is not the name of a header", name)
		case slices.Contains(reserved, http.CanonicalHeaderKey(name)):
			return fmt.Errorf("the header %s is the emulator's own", name)
		case len(value) > 8<<10 || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return fmt.Errorf("the value of the header %s has control characters, or more than 8 KiB", name)
		}
	}
	return nil
}

// redacted is h without what may be a secret: values of headers, and the URL's
// query.
func (h Hook) redacted() Hook {
	h.URL = withoutQuery(h.URL)
	h.Headers = maps.Clone(h.Headers)
	for name := range h.Headers {
		h.Headers[name] = "[redacted]"
	}
	return h
}

func withoutQuery(address string) string {
	before, _, found := strings.Cut(address, "?")
	if found {
		return before + "?[redacted]"
	}
	return before
}

// maxHooks bounds the hooks.
const maxHooks = 1000

// hooks is the hooks in force.
type hooks struct {
	mu  sync.Mutex
	all []Hook
}

// put adds a hook, in place of the one for the same flow and environment.
func (s *hooks) put(h Hook) error {
	if err := h.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = slices.DeleteFunc(s.all, func(other Hook) bool {
		return other.FlowID == h.FlowID && other.Environment == h.Environment
	})
	if len(s.all) == maxHooks {
		return fmt.Errorf("there are %d webhooks already", maxHooks)
	}
	s.all = append(s.all, h)
	return nil
}

func (s *hooks) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = nil
}

func (s *hooks) list() []Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// find returns the hook that fits a flow best: one for the flow before one for
// all flows, and of two the one that names the environment.
func (s *hooks) find(flowID, environment string) (Hook, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var best Hook
	rank := 0
	for _, h := range s.all {
		if h.FlowID != "" && h.FlowID != flowID || h.Environment != "" && h.Environment != environment {
			continue
		}
		fit := 1
		if h.FlowID != "" {
			fit += 2
		}
		if h.Environment != "" {
			fit++
		}
		if fit > rank {
			best, rank = h, fit
		}
	}
	return best, rank > 0
}
