// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import "net/http"

// authorize adds the bearer token to requests. A request that meets a 401 is sent once
// more with a new token. That is safe for a create too: a 401 has carried out nothing.
type authorize struct {
	next   http.RoundTripper
	tokens *tokenSource
	once   bool // a 401 is returned as it came
}

// RoundTrip implements [http.RoundTripper].
func (a authorize) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := a.tokens.token(req.Context(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := a.next.RoundTrip(withToken(req, token))
	if err != nil || resp.StatusCode != http.StatusUnauthorized || a.once {
		return resp, err
	}
	fresh, err := a.tokens.token(req.Context(), token)
	if err != nil {
		return nil, err
	}
	if fresh == token {
		return resp, nil
	}
	return a.next.RoundTrip(withToken(req, fresh))
}

func withToken(req *http.Request, token *Token) *http.Request {
	authorized := req.Clone(req.Context())
	authorized.Header.Set("Authorization", "Bearer "+token.AccessToken)
	return authorized
}
