// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

const formType = "application/x-www-form-urlencoded"

func TestTokenRequests(t *testing.T) {
	const secret = "a b+c/d%25&é"
	c := start(t, emulator.Options{ClientID: "id with space", ClientSecret: secret, TokenTTL: time.Hour}).anonymous()
	form := func(pairs ...string) string {
		values := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			values.Add(pairs[i], pairs[i+1])
		}
		return values.Encode()
	}
	good := form("grant_type", "client_credentials", "client_id", "id with space", "client_secret", secret)
	grant := form("grant_type", "client_credentials")
	basic := func(id, secret string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
	}
	encoded := basic(url.QueryEscape("id with space"), url.QueryEscape(secret))
	cases := map[string]struct {
		contentType, body, authorization string
		status                           int
		code                             string
	}{
		"in the body":       {formType, good, "", 200, ""},
		"with charset":      {formType + "; charset=utf-8", good, "", 200, ""},
		"as Basic":          {formType, grant, encoded, 200, ""},
		"Basic, not quoted": {formType, grant, basic("id with space", "a%ZZ"), 400, "invalid_request"},
		"wrong secret":      {formType, form("grant_type", "client_credentials", "client_id", "id with space", "client_secret", "x"), "", 401, "invalid_client"},
		"wrong ID":          {formType, form("grant_type", "client_credentials", "client_id", "x", "client_secret", secret), "", 401, "invalid_client"},
		"wrong Basic":       {formType, grant, basic("x", "y"), 401, "invalid_client"},
		"nothing":           {formType, grant, "", 401, "invalid_client"},
		"both ways":         {formType, good, encoded, 400, "invalid_request"},
		"secret twice":      {formType, good + "&client_secret=x", "", 400, "invalid_request"},
		"no grant":          {formType, form("client_id", "id with space", "client_secret", secret), "", 400, "invalid_request"},
		"another grant":     {formType, form("grant_type", "password", "client_id", "id with space", "client_secret", secret), "", 400, "unsupported_grant_type"},
		"JSON":              {"application/json", `{"grant_type":"client_credentials"}`, "", 400, "invalid_request"},
		"bad form":          {formType, "%ZZ", "", 400, "invalid_request"},
		"huge form":         {formType, "grant_type=" + strings.Repeat("x", 100<<10), "", 400, "invalid_request"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL+"/oidc/token", strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", test.contentType)
			if test.authorization != "" {
				request.Header.Set("Authorization", test.authorization)
			}
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var got struct {
				AccessToken string      `json:"access_token"`
				ExpiresIn   json.Number `json:"expires_in"`
				TokenType   string      `json:"token_type"`
				Error       string      `json:"error"`
				Description string      `json:"error_description"`
			}
			if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != test.status || got.Error != test.code || (test.code != "" && got.Description == "") {
				t.Errorf("%d %+v", response.StatusCode, got)
			}
			if test.status == 200 && (got.AccessToken == "" || got.ExpiresIn != "3600" || got.TokenType != "Bearer") {
				t.Errorf("%+v", got)
			}
			if response.Header.Get("Cache-Control") != "no-store" {
				t.Error("the response may be stored")
			}
		})
	}
	if got := c.TokensIssued(); got != 3 {
		t.Errorf("%d tokens were issued, want 3", got)
	}
}

func (c *caller) newToken() string {
	c.t.Helper()
	return c.anonymous().do(http.MethodPost, "/oidc/token", formType,
		"grant_type=client_credentials&client_id=emulator-client&client_secret=emulator-secret").text(c.t, "access_token")
}

func TestBearerTokens(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now, TokenTTL: time.Minute})
	first, second := c.newToken(), c.newToken()
	with := func(bearer string) int { return (&caller{c.Server, t, bearer}).get("/api/v1/flows/staging").StatusCode }

	if first == second || with(first) != 200 || with(second) != 200 || with(emulator.DefaultAPIKey) != 200 {
		t.Error("a good token is refused")
	}
	for _, bad := range []string{"", "x", first + "x", strings.ToLower(first)} {
		if with(bad) != 401 {
			t.Errorf("the token %q is taken", bad)
		}
	}
	clock.forward(59 * time.Second)
	if with(first) != 200 {
		t.Error("the token ends too early")
	}
	clock.forward(time.Second)
	if with(first) != 401 {
		t.Error("the token does not end")
	}
	third := c.newToken()
	c.RevokeTokens()
	if with(third) != 401 || with(emulator.DefaultAPIKey) != 200 || with(c.newToken()) != 200 {
		t.Error("revoking ends the wrong tokens")
	}
	refused := c.anonymous().get("/api/v1/flows/staging")
	wantFailure(t, refused, http.StatusUnauthorized, "bearer token")
	if refused.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Error("the refusal does not ask for a bearer token")
	}
}

// TestEveryCallOfTheAPINeedsAToken goes through all of them.
func TestEveryCallOfTheAPINeedsAToken(t *testing.T) {
	c := start(t, emulator.Options{})
	id := c.createID("")
	for _, call := range []struct{ method, path string }{
		{http.MethodGet, "/api/v1/flows/staging"},
		{http.MethodGet, strings.TrimSuffix(strings.Replace(captureSessions, "/staging", "", 1), "/sessions") + "/x"},
		{http.MethodPost, captureSessions},
		{http.MethodGet, captureSessions},
		{http.MethodGet, "/api/v1/staging/sessions/" + id},
		{http.MethodGet, "/api/v1/staging/sessions/" + id + "/datablocks"},
		{http.MethodGet, "/api/v1/staging/files/x"},
	} {
		if got := c.anonymous().do(call.method, call.path, "application/json", "{}"); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s %s without a token: %d", call.method, call.path, got.StatusCode)
		}
	}
	if got := len(c.Sessions()); got != 1 {
		t.Errorf("%d sessions", got)
	}
}

func TestAnyCredentials(t *testing.T) {
	service := emulatortest.NewServer(t, emulator.Options{AnyCredentials: true})
	read := func(token string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, service.URL+"/api/v1/flows/staging", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	exchange := func(id, secret string) (status int, token string) {
		response, err := http.PostForm(service.URL+"/oidc/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		var body struct {
			Token string `json:"access_token"`
		}
		_ = json.NewDecoder(response.Body).Decode(&body)
		return response.StatusCode, body.Token
	}

	if got := read("whatever"); got != http.StatusOK {
		t.Errorf("an arbitrary API key gets status %d", got)
	}
	if status, _ := exchange("anybody", ""); status != http.StatusUnauthorized {
		t.Errorf("a client without a secret gets status %d", status)
	}
	status, token := exchange("anybody", "anything")
	if status != http.StatusOK || read(token) != http.StatusOK {
		t.Errorf("an arbitrary client gets status %d", status)
	}
	// A token still ends like any other.
	service.RevokeTokens()
	if got := read(token); got != http.StatusUnauthorized {
		t.Errorf("a revoked token gets status %d", got)
	}
}
