// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"mime"
	"net/http"
	"net/url"
	"time"
)

// maxTokenRequest bounds the body of a token request, in bytes.
const maxTokenRequest = 64 << 10

// issueToken is POST /oidc/token: the client credentials grant (RFC 6749,
// section 4.4), with the credentials in the body or as HTTP Basic.
func (e *Emulator) issueToken(x *exchange) {
	x.w.Header().Set("Cache-Control", "no-store")
	if mediaType, _, _ := mime.ParseMediaType(x.r.Header.Get("Content-Type")); mediaType != "application/x-www-form-urlencoded" {
		x.oauthError(http.StatusBadRequest, "invalid_request", "the request must be form-encoded")
		return
	}
	x.r.Body = http.MaxBytesReader(x.w, x.r.Body, maxTokenRequest)
	if err := x.r.ParseForm(); err != nil {
		x.oauthError(http.StatusBadRequest, "invalid_request", "the form can't be read")
		return
	}
	id, secret, problem := credentials(x.r)
	switch grant := x.r.PostForm.Get("grant_type"); {
	case problem != "":
		x.oauthError(http.StatusBadRequest, "invalid_request", problem)
	case grant == "":
		x.oauthError(http.StatusBadRequest, "invalid_request", "grant_type is missing")
	case grant != "client_credentials":
		x.oauthError(http.StatusBadRequest, "unsupported_grant_type", "grant_type must be client_credentials")
	case !e.tokens.Knows(id, secret):
		x.w.Header().Set("WWW-Authenticate", "Basic")
		x.oauthError(http.StatusUnauthorized, "invalid_client", "the client is unknown or its secret is wrong")
	default:
		x.respond(http.StatusOK, map[string]any{
			"access_token": e.tokens.Issue(),
			"token_type":   "Bearer",
			"expires_in":   int(e.options.TokenTTL / time.Second),
		})
	}
}

// credentials reads the client's ID and secret from where the client put them.
// In HTTP Basic both are form-encoded first (RFC 6749, section 2.3.1).
func credentials(r *http.Request) (id, secret, problem string) {
	form := r.PostForm
	for _, name := range []string{"grant_type", "client_id", "client_secret"} {
		if len(form[name]) > 1 {
			return "", "", name + " is sent twice"
		}
	}
	basicID, basicSecret, basic := r.BasicAuth()
	switch {
	case basic && form.Has("client_secret"):
		return "", "", "the client authenticates in two ways at once"
	case !basic:
		return form.Get("client_id"), form.Get("client_secret"), ""
	}
	id, errID := url.QueryUnescape(basicID)
	secret, errSecret := url.QueryUnescape(basicSecret)
	if errID != nil || errSecret != nil {
		return "", "", "the credentials are not form-encoded"
	}
	return id, secret, ""
}

// oauthError responds with an error in the format of RFC 6749, section 5.2.
func (x *exchange) oauthError(status int, code, description string) {
	x.respond(status, map[string]string{"error": code, "error_description": description})
}

// keySet is GET /oidc/.well-known/jwks.json: the keys of the webhooks' signatures.
func (e *Emulator) keySet(x *exchange) {
	set, err := e.webhooks.Keys.Set()
	if err != nil {
		x.fail(http.StatusInternalServerError, "a key could not be made")
		return
	}
	x.respond(http.StatusOK, set)
}
