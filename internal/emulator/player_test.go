// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
)

// person is somebody with a player URL, in a browser that follows no redirect.
type person struct {
	*caller
	id, token string
}

func (c *caller) person(more string) person {
	c.t.Helper()
	made := c.create(more)
	return person{c.anonymous(), made.text(c.t, "sessionContext.sessionId"), query(made.text(c.t, "playerUrl")).Get("token")}
}

func (p person) open() response {
	p.t.Helper()
	return p.get("/player?" + url.Values{"token": {p.token}}.Encode())
}

func (p person) decide(decision string) response {
	p.t.Helper()
	return p.do(http.MethodPost, "/player", formType, url.Values{"token": {p.token}, "decision": {decision}}.Encode())
}

func wantPage(t *testing.T, got response, status int, words ...string) {
	t.Helper()
	if got.StatusCode != status || got.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %s, want %d", got.StatusCode, got.Header.Get("Content-Type"), status)
	}
	for _, word := range words {
		if !strings.Contains(got.body, word) {
			_, body, _ := strings.Cut(got.body, "<body>")
			t.Errorf("the page does not say %q:\n%s", word, body)
		}
	}
}

func TestPlayerPage(t *testing.T) {
	c := start(t, emulator.Options{})
	p := c.person(`,"redirectUrl":"https://shop.example.com/done"`)
	c.wantStatus(p.id, "CREATED", "NO_OUTCOME")
	got := p.open()
	wantPage(t, got, http.StatusOK, `lang="de"`, "Willkommen", "Document capture", "staging", "Basic identity", "shop.example.com")
	c.wantStatus(p.id, "RUNNING", "NO_OUTCOME")
	if strings.Contains(got.body, "Schmidt") || strings.Contains(got.body, "customer-1") {
		t.Error("the page shows the person's data")
	}
	for header, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got.Header.Get(header) != want {
			t.Errorf("%s: %q", header, got.Header.Get(header))
		}
	}
	if policy := got.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "form-action") {
		t.Errorf("policy %q", policy)
	}
}

func TestDecisions(t *testing.T) {
	cases := map[string]struct{ decision, status, outcome string }{
		"accept": {"accept", "COMPLETED", "accepted"},
		"reject": {"reject", "COMPLETED", "rejected"},
		"abort":  {"abort", "ABORTED", "NO_OUTCOME"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			c := start(t, emulator.Options{})
			p := c.person("")
			p.open()
			got := p.decide(test.decision)
			wantPage(t, got, http.StatusSeeOther)
			c.wantStatus(p.id, test.status, test.outcome)
			wantPage(t, p.get(got.Header.Get("Location")), http.StatusOK, "Sie können diese Seite schließen.")
			wantPage(t, p.decide("accept"), http.StatusConflict)
			c.wantStatus(p.id, test.status, test.outcome)
		})
	}
}

// TestReturnAddress follows the redirect URL as it was sent, with the session's
// ID and state in its query.
func TestReturnAddress(t *testing.T) {
	c := start(t, emulator.Options{})
	cases := map[string]struct{ redirect, state, want string }{
		"plain":              {"https://example.com/done", "a b&c=d", "https://example.com/done?sessionId=ID&state=a+b%26c%3Dd"},
		"with a query":       {"https://example.com/done?b=2&a=%20x", "s", "https://example.com/done?b=2&a=%20x&sessionId=ID&state=s"},
		"with fragment":      {"https://example.com/#/done", "s", "https://example.com/?sessionId=ID&state=s#/done"},
		"without state":      {"https://example.com", "", "https://example.com?sessionId=ID"},
		"unicode states":     {"https://example.com/", "ü😀", "https://example.com/?sessionId=ID&state=%C3%BC%F0%9F%98%80"},
		"unicode query":      {"https://example.com/?q=ü", "", "https://example.com/?q=%C3%BC&sessionId=ID"},
		"with both":          {"https://example.com/?state=own&a=1&%73tate=2&sessionId=x&stated=3", "s", "https://example.com/?a=1&stated=3&sessionId=ID&state=s"},
		"with the only one":  {"https://example.com/?state=own", "", "https://example.com/?state=own&sessionId=ID"},
		"IPv6":               {"http://[::1]:8080/done", "s", "http://[::1]:8080/done?sessionId=ID&state=s"},
		"with an empty pair": {"https://example.com/?&a=1&", "", "https://example.com/?a=1&sessionId=ID"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			p := c.personFor(test.redirect, test.state)
			got := p.decide("accept")
			if want := strings.Replace(test.want, "ID", p.id, 1); got.Header.Get("Location") != want {
				t.Errorf("leads to %s, want %s", got.Header.Get("Location"), want)
			}
			wantPage(t, got, http.StatusSeeOther)
			if again := p.open(); again.Header.Get("Refresh") != "" {
				t.Error("the page opened again can't be looked at")
			} else {
				wantPage(t, again, http.StatusOK, `class="button primary" href="`+test.redirect[:6])
			}
		})
	}
}

func (c *caller) personFor(redirect, state string) person {
	c.t.Helper()
	more := `,"redirectUrl":"` + redirect + `"`
	if state != "" {
		more += `,"state":"` + state + `"`
	}
	return c.person(more)
}

// TestDeepLink leads over the page: a browser without the app stays there.
func TestDeepLink(t *testing.T) {
	c := start(t, emulator.Options{})
	cases := map[string]struct{ redirect, want string }{
		"deep link": {"myapp://done", "myapp://done?sessionId=ID&state=s"},
		"of domain": {"com.example.app://cb?a=1", "com.example.app://cb?a=1&sessionId=ID&state=s"},
		"opaque":    {"myapp:done", "myapp:done?sessionId=ID&state=s"},
		"unicode":   {"myapp:dön", "myapp:d%C3%B6n?sessionId=ID&state=s"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			p := c.personFor(test.redirect, "s")
			if got := p.open().Header.Get("Refresh"); got != "" {
				t.Errorf("before the decision the page leads to %s", got)
			}
			decided := p.decide("accept")
			wantPage(t, decided, http.StatusSeeOther)
			page := p.get(decided.Header.Get("Location"))
			want := strings.Replace(test.want, "ID", p.id, 1)
			wantPage(t, page, http.StatusOK, "Prüfung angenommen", `href="`+strings.ReplaceAll(want, "&", "&amp;")+`"`)
			if got := page.Header.Get("Refresh"); got != "0; url="+want {
				t.Errorf("the page leads to %s, want %s", got, want)
			}
		})
	}
}

func TestPlayerPagesWithoutADecision(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now, SessionTTL: time.Hour})
	wantPage(t, c.anonymous().get("/player"), http.StatusNotFound, "This link is not valid")
	wantPage(t, c.anonymous().get("/player?token=x"), http.StatusNotFound, "This link is not valid")

	p := c.person("")
	wantPage(t, p.decide("dance"), http.StatusBadRequest, "Willkommen")
	c.wantStatus(p.id, "CREATED", "NO_OUTCOME")
	if err := c.SetStatus(p.id, emulator.Errored, ""); err != nil {
		t.Fatal(err)
	}
	wantPage(t, p.open(), http.StatusOK, "Etwas ist schiefgegangen")

	late := c.person(`,"redirectUrl":"https://shop.example.com/done","state":"s"`)
	clock.forward(time.Hour)
	back := `href="https://shop.example.com/done?sessionId=` + late.id + `&amp;state=s"`
	wantPage(t, late.decide("accept"), http.StatusConflict, "abgelaufen", back)
	wantPage(t, late.open(), http.StatusGone, "abgelaufen", back)
	c.wantStatus(late.id, "EXPIRED", "NO_OUTCOME")

	gone := c.person("")
	if err := c.Delete(gone.id); err != nil {
		t.Fatal(err)
	}
	wantPage(t, gone.open(), http.StatusNotFound, "This link is not valid")
}

func TestPlayerPageOfAFlowWithoutAUserStep(t *testing.T) {
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now, AutoComplete: map[string]time.Duration{emulatortest.DocumentCapture: time.Minute}})
	p := c.person("")
	wantPage(t, p.open(), http.StatusOK, "In Bearbeitung")
	clock.forward(time.Minute)
	wantPage(t, p.open(), http.StatusOK, "Prüfung angenommen")
}
