// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/webhook"
)

// axe is the script of axe-core, as make node-tools installs it.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("..", "..", ".build", "node", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("axe-core is not installed; run make node-tools")
	}
	return string(script)
}

// inColors sets the color scheme that the person prefers.
func inColors(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// violations lists what axe-core finds on a page, in light and in dark colours.
func (b tab) violations(script, address string) []string {
	b.t.Helper()
	var found []string
	for _, scheme := range []string{"light", "dark"} {
		b.do(inColors(scheme), chromedp.Navigate(address))
		look(b, chromedp.Evaluate[bool](script+";true"))
		found = append(found, look(b, chromedp.Evaluate[[]string](
			`axe.run().then(r => r.violations.flatMap(v => v.nodes.map(n => v.id + " at " + n.target.join(" ") + ": " + n.failureSummary)))`, chromedp.EvalAwaitPromise))...)
	}
	return found
}

// TestAccessibility runs axe-core over each page in each of its states.
func TestAccessibility(t *testing.T) {
	script := axe(t)
	b := browser(t)
	address, arrivals := hear(t)
	clock := newManual()
	c := start(t, emulator.Options{Clock: clock.Now, SessionTTL: time.Hour, Webhooks: []webhook.Hook{{URL: address}}})
	expired := c.person(`,"redirectUrl":"https://example.com/done"`)
	clock.forward(time.Hour)
	pages := map[string]string{
		"overview": c.URL + "/", "JSON form": c.URL + "/flows/staging/" + emulatortest.AddressCheck,
		"form with a file": c.URL + "/flows/staging/" + emulatortest.InstantSignature,
		"expired":          playerURL(expired), "unknown": c.URL + "/player?token=x",
	}
	for state, decision := range map[string]string{"open": "", "accepted": "accept", "rejected": "reject", "aborted": "abort"} {
		for place, more := range map[string]string{"": "", ", with a way back": `,"redirectUrl":"https://example.com/done"`} {
			p := c.person(more)
			p.open()
			if decision != "" {
				p.decide(decision)
			}
			pages[state+place] = playerURL(p)
		}
	}
	failed := c.person("")
	if err := c.SetStatus(failed.id, emulator.Errored, ""); err != nil {
		t.Fatal(err)
	}
	pages["failed"], pages["created"] = playerURL(failed), c.URL+"/?created="+c.createID("")
	c.next(arrivals)
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			for _, violation := range b.another(t).violations(script, page) {
				t.Error(violation)
			}
		})
	}
}

// TestOverviewOnAPhone looks for anything wider than a small screen that does not
// scroll by itself.
func TestOverviewOnAPhone(t *testing.T) {
	b := browser(t)
	c := start(t, emulator.Options{})
	c.createID("")
	for _, path := range []string{"/", "/flows/staging/" + emulatortest.InstantSignature} {
		b.do(chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile), chromedp.Navigate(c.URL+path))
		if width := look(b, chromedp.Evaluate[float64](`document.documentElement.scrollWidth`)); width > 320 {
			t.Errorf("%s is %v wide", path, width)
		}
	}
}

// The form is filled in a browser, and leads to the player page and back.
func TestBrowserCreatesASession(t *testing.T) {
	b := browser(t)
	c := start(t, emulator.Options{})
	enter := func(name, value string) chromedp.Action[chromedp.Void] {
		return chromedp.SendKeys(chromedp.CSS(`[name="`+name+`"]`), value)
	}
	b.do(
		chromedp.Navigate(c.URL+"/"), chromedp.Click(chromedp.CSS(`a[href="/flows/staging/`+emulatortest.DocumentCapture+`"]`)),
		chromedp.WaitVisible(chromedp.CSS("form")), enter("input[basicIdentity][givenName]", "Max"), chromedp.Click(chromedp.CSS("button")),
		chromedp.WaitVisible(chromedp.CSS(".problem")),
	)
	if text := look(b, chromedp.Text(chromedp.CSS(".problem"))); !strings.Contains(text, "input.basicIdentity.familyName") {
		t.Errorf("the page says %q", text)
	}
	b.do(
		enter("input[basicIdentity][familyName]", "Schmidt"), chromedp.Click(chromedp.CSS("button")),
		chromedp.WaitVisible(chromedp.CSS(".done")), chromedp.Click(chromedp.CSS(".done a")),
		chromedp.WaitVisible(chromedp.CSS("main.open")), chromedp.Click(chromedp.CSS(`button[value="accept"]`)), chromedp.WaitVisible(chromedp.CSS("main.accepted")),
	)
	sessions := c.Sessions()
	if len(sessions) != 1 || sessions[0].Status != emulator.Completed || !slices.Contains([]string{"customer-123"}, sessions[0].SubjectID) {
		t.Errorf("sessions %+v", sessions)
	}
}
