// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/player"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/store"
)

// maxDecision bounds the body of the player's form, in bytes.
const maxDecision = 16 << 10

// decisions are the buttons of the player page and their results.
var decisions = map[string]struct {
	status  Status
	outcome Outcome
}{
	player.Accept: {Completed, Accepted},
	player.Reject: {Completed, Rejected},
	player.Abort:  {Aborted, NoOutcome},
}

// openPlayer is GET /player: the page on which a person decides. Opening it
// sets the session running.
func (e *Emulator) openPlayer(x *exchange) {
	s, ok := e.store.Change(store.ByPlayer(x.r.URL.Query().Get("token")), func(s *Session, _ session.Vault) {
		s.Start(e.clock.Now())
	})
	if !ok {
		x.showUnknown()
		return
	}
	if target := returnAddress(s); decided(s) && target != "" && !player.IsPage(target) {
		x.w.Header().Set("Refresh", "0; url="+target)
	}
	x.show(statusOfPage(s), s)
}

// decide is POST /player: the person's decision. The response redirects the person.
func (e *Emulator) decide(x *exchange) {
	x.r.Body = http.MaxBytesReader(x.w, x.r.Body, maxDecision)
	chosen, valid := decisions[x.r.PostFormValue("decision")]
	late := false
	s, ok := e.store.Change(store.ByPlayer(x.r.PostFormValue("token")), func(s *Session, vault session.Vault) {
		late = s.Status.Final()
		if late || !valid {
			return
		}
		s.Start(e.clock.Now())
		s.Finish(chosen.status, chosen.outcome, e.clock.Now(), vault)
	})
	switch {
	case !ok:
		x.showUnknown()
	case late:
		x.show(http.StatusConflict, s)
	case !valid:
		x.show(http.StatusBadRequest, s)
	default:
		// A browser may keep the form for its back button in spite of no-store,
		// and does so no longer once a cookie has changed. This one is never read.
		http.SetCookie(x.w, &http.Cookie{ //nolint:gosec // not Secure: the emulator serves plain HTTP, on loopback
			Name: "idnow-emulator-decided", Value: s.ID, Path: "/player", MaxAge: 1,
			HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
		x.w.Header().Set("Location", onward(s))
		x.show(http.StatusSeeOther, s)
	}
}

// onward is where a decision redirects to: the redirect URL where that is a page,
// else the player page, which now shows the result and tries a deep link. A
// browser without an app for a deep link would stay on the form if the form
// redirected to it, as if nothing had been decided.
func onward(s Session) string {
	if target := returnAddress(s); player.IsPage(target) {
		return target
	}
	return "/player?" + url.Values{"token": {s.PlayerToken}}.Encode()
}

// decided reports whether a person ended the session.
func decided(s Session) bool {
	return s.Status == Completed || s.Status == Aborted
}

func statusOfPage(s Session) int {
	if s.Status == Expired {
		return http.StatusGone
	}
	return http.StatusOK
}

// returnAddress is the session's redirect URL with sessionId and state in its
// query. They replace what it has under these names: of two, most frameworks
// read the first, and a check of state would fail. All else stays as written,
// but for letters that no header can carry. It is empty without one.
func returnAddress(s Session) string {
	target, err := url.Parse(s.RedirectURL)
	if err != nil || s.RedirectURL == "" {
		return ""
	}
	added := url.Values{"sessionId": {s.ID}}
	if s.State != "" {
		added.Set("state", s.State)
	}
	query := slices.DeleteFunc(strings.Split(target.RawQuery, "&"), func(parameter string) bool {
		name, _, _ := strings.Cut(parameter, "=")
		name, err := url.QueryUnescape(name)
		return parameter == "" || err == nil && added.Has(name)
	})
	target.RawQuery = strings.Join(append(query, added.Encode()), "&")
	return escapeNonASCII(target.String())
}

func escapeNonASCII(address string) string {
	var b strings.Builder
	for _, char := range []byte(address) {
		if char < utf8.RuneSelf {
			b.WriteByte(char)
		} else {
			fmt.Fprintf(&b, "%%%02X", char)
		}
	}
	return b.String()
}

func (x *exchange) showUnknown() {
	x.showPlayer(http.StatusNotFound, player.View{Locale: "en", State: player.Unknown})
}

// show renders the page of s. It names the data blocks, never what is
// in them: the page is opened on screens that others see.
func (x *exchange) show(status int, s Session) {
	view := player.View{
		Locale: s.Locale, Title: s.Flow.Title, Description: s.Flow.Description,
		Version: s.FlowVersion.String(), Environment: s.Environment,
		Token: s.PlayerToken, State: pageState(s),
		ExpiresAt: s.ExpiresAt, ReturnTo: returnAddress(s),
	}
	var sent []string
	for _, block := range s.Blocks {
		if block.StepID == session.StepStart {
			sent = append(sent, block.Type)
		}
	}
	for _, name := range s.Flow.DataBlocks {
		view.Blocks = append(view.Blocks, player.Block{Name: name, Sent: slices.Contains(sent, name)})
	}
	x.showPlayer(status, view)
}

func pageState(s Session) player.State {
	switch {
	case s.Status == Completed && s.Outcome == Rejected:
		return player.Rejected
	case s.Status == Completed:
		return player.Accepted
	case s.Status == Aborted:
		return player.Aborted
	case s.Status == Expired:
		return player.Expired
	case s.Status == Errored:
		return player.Failed
	case s.Flow.AutoComplete:
		return player.Waiting
	}
	return player.Open
}

func (x *exchange) showPlayer(status int, view player.View) {
	x.showPage(status, func(w io.Writer) (string, error) { return player.Render(w, view) })
}
