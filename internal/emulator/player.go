// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/player"
)

// maxDecision bounds the body of the player's form, in bytes.
const maxDecision = 16 << 10

// decisions are the buttons of the player page and what they come to.
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
	session, ok := e.store.change(e.store.byPlayer(x.r.URL.Query().Get("token")), func(session *Session) {
		if session.Status == Created {
			session.start(e.clock.now())
		}
	})
	if !ok {
		x.showUnknown()
		return
	}
	if target := returnAddress(session); decided(session) && target != "" && !player.IsPage(target) {
		x.w.Header().Set("Refresh", "0; url="+target)
	}
	x.show(statusOfPage(session), session)
}

// decide is POST /player: what the person chose. The answer leads on.
func (e *Emulator) decide(x *exchange) {
	x.r.Body = http.MaxBytesReader(x.w, x.r.Body, maxDecision)
	chosen, valid := decisions[x.r.PostFormValue("decision")]
	late := false
	session, ok := e.store.change(e.store.byPlayer(x.r.PostFormValue("token")), func(session *Session) {
		late = session.Status.final()
		if late || !valid {
			return
		}
		if session.Status == Created {
			session.start(e.clock.now())
		}
		e.store.finish(session, chosen.status, chosen.outcome, e.clock.now())
	})
	switch {
	case !ok:
		x.showUnknown()
	case late:
		x.show(http.StatusConflict, session)
	case !valid:
		x.show(http.StatusBadRequest, session)
	default:
		// A browser may keep the form for its back button in spite of no-store,
		// and does so no longer once a cookie has changed. This one is never read.
		http.SetCookie(x.w, &http.Cookie{ //nolint:gosec // not Secure: the emulator speaks HTTP, on loopback
			Name: "idnow-emulator-decided", Value: session.ID, Path: "/player", MaxAge: 1,
			HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
		x.w.Header().Set("Location", onward(session))
		x.show(http.StatusSeeOther, session)
	}
}

// onward is where a decision leads: straight to the redirect URL where that is
// a page, else to the player page, which now tells the result. It tries a deep
// link from there: redirected to one from its form, a browser that has no app
// for it would stay on the form, as if nothing had been decided.
func onward(session Session) string {
	if target := returnAddress(session); player.IsPage(target) {
		return target
	}
	return "/player?" + url.Values{"token": {session.PlayerToken}}.Encode()
}

// decided reports whether the session came to an end that a person can give it.
func decided(session Session) bool {
	return session.Status == Completed || session.Status == Aborted
}

func statusOfPage(session Session) int {
	if session.Status == Expired {
		return http.StatusGone
	}
	return http.StatusOK
}

// returnAddress is the session's redirect URL with sessionId and state in its
// query. They replace what it has under these names: of two, most frameworks
// read the first, and a check of state would fail. All else stays as written,
// but for letters that no header can carry. It is empty without one.
func returnAddress(session Session) string {
	target, err := url.Parse(session.RedirectURL)
	if err != nil || session.RedirectURL == "" {
		return ""
	}
	added := url.Values{"sessionId": {session.ID}}
	if session.State != "" {
		added.Set("state", session.State)
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
	x.render(http.StatusNotFound, player.View{Locale: "en", State: player.Unknown})
}

// show renders the page of a session. It names the data blocks, never what is
// in them: the page is opened on screens that others see.
func (x *exchange) show(status int, session Session) {
	view := player.View{
		Locale: session.Locale, Title: session.doc.Title, Description: session.doc.Description,
		Version: session.FlowVersion.String(), Environment: session.Environment,
		Token: session.PlayerToken, State: pageState(session),
		ExpiresAt: session.ExpiresAt, ReturnTo: returnAddress(session),
	}
	var given []string
	for _, block := range session.blocks {
		if block.CreatedBy.StepID == stepStart {
			given = append(given, block.Type)
		}
	}
	for _, name := range session.doc.DataBlocks {
		view.Blocks = append(view.Blocks, player.Block{Name: name, Given: slices.Contains(given, name)})
	}
	x.render(status, view)
}

func pageState(session Session) player.State {
	switch {
	case session.Status == Completed && session.Outcome == Rejected:
		return player.Rejected
	case session.Status == Completed:
		return player.Accepted
	case session.Status == Aborted:
		return player.Aborted
	case session.Status == Expired:
		return player.Expired
	case session.Status == Errored:
		return player.Failed
	case session.doc.AutoComplete:
		return player.Waiting
	}
	return player.Open
}

func (x *exchange) render(status int, view player.View) {
	var page bytes.Buffer
	policy, err := player.Render(&page, view)
	if err != nil {
		http.Error(x.w, "the page can't be shown", http.StatusInternalServerError)
		return
	}
	header := x.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "no-referrer") // the address holds the player's token
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	x.w.WriteHeader(status)
	_, _ = x.w.Write(page.Bytes())
}
