// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"io"
	"net/http"
	"testing"
)

func TestCreateOutcome(t *testing.T) {
	respond := func(status int, header ...string) *http.Response {
		resp := &http.Response{StatusCode: status, Header: http.Header{}}
		if len(header) == 2 {
			resp.Header.Set(header[0], header[1])
		}
		return resp
	}
	for name, tt := range map[string]struct {
		resp *http.Response
		err  error
		want outcome
	}{
		"no connection":             {err: &Error{}, want: nothingCreatedYet},
		"no trusted certificate":    {err: &Error{final: true}, want: nothingCreated},
		"a connection that broke":   {err: &Error{Sent: true}, want: outcomeUnknown},
		"what is no response":       {err: &Error{StatusCode: 101, Sent: true}, want: outcomeUnknown},
		"no token":                  {err: &Error{Party: TokenService, StatusCode: 401}, want: nothingCreated},
		"no token for a connection": {err: &Error{Party: TokenService, Sent: true}, want: nothingCreated},
		"a body that can't be read": {err: io.ErrUnexpectedEOF, want: nothingCreated},
		"a file that changed":       {err: errors.New("changed"), want: nothingCreated},
		"300":                       {resp: respond(300), want: outcomeUnknown},
		"303":                       {resp: respond(303), want: outcomeUnknown},
		"400":                       {resp: respond(400), want: nothingCreated},
		"401":                       {resp: respond(401), want: nothingCreated},
		"409 with Retry-After":      {resp: respond(409, "Retry-After", "1"), want: nothingCreated},
		"429":                       {resp: respond(429), want: nothingCreatedYet},
		"500":                       {resp: respond(500), want: outcomeUnknown},
		"500 with Retry-After":      {resp: respond(500, "Retry-After", "1"), want: outcomeUnknown},
		"503":                       {resp: respond(503), want: outcomeUnknown},
		"503 with Retry-After":      {resp: respond(503, "Retry-After", "1"), want: nothingCreatedYet},
		"503 with another word":     {resp: respond(503, "Retry-After", "later"), want: outcomeUnknown},
		"600":                       {resp: respond(600), want: outcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			if got := createOutcome(tt.resp, tt.err); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}
