// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/idnow/terraform-provider-idnow/internal/emulator"
)

// tab is a page in a headless Chromium.
type tab struct {
	t   *testing.T
	ctx context.Context // for chromedp, a tab is its context
}

// browser opens a tab for the test, or skips it where there is no Chromium.
func browser(t *testing.T) tab {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("Chromium is not installed: the player page is not tried in a browser")
	}
	options := slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
	})
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	tab{t, ctx}.do() // starts the browser, which lives as long as this context
	limited, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return tab{t, limited}
}

// another opens a tab of its own for a subtest: a browser that asks whether it
// may open an app takes no clicks in that tab any more.
func (b tab) another(t *testing.T) tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(b.ctx)
	t.Cleanup(closeTab)
	return tab{t, ctx}
}

func (b tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// look reads something off the page.
func look[T any](b tab, action chromedp.Action[T]) T {
	b.t.Helper()
	seen, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return seen
}

// shop serves the page that a person comes back to. Its /login goes on to /done
// by another host name, as a login does.
func shop(t *testing.T, address string) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Skipf("there is no %s on this machine: the way back to it is not tried", address)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			http.Redirect(w, r, "http://"+strings.Replace(r.Host, "127.0.0.1", "localhost", 1)+"/done?"+r.URL.RawQuery, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<h1 id=back>Welcome back</h1>"))
	}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

const loopback = "127.0.0.1:0"

func playerURL(p person) string {
	return p.URL + "/player?" + url.Values{"token": {p.token}}.Encode()
}

// wantReturn waits for the shop's page and reads what came with the person.
func (b tab) wantReturn(p person) {
	b.t.Helper()
	b.do(chromedp.WaitVisible(chromedp.CSS("#back")))
	address := look(b, chromedp.Location())
	if got := query(address); got.Get("state") != "s t" || got.Get("sessionId") != p.id || got.Get("order") != "7" {
		b.t.Errorf("came back to %s", address)
	}
}

func TestBrowserDecides(t *testing.T) {
	b := browser(t)
	c := start(t, emulator.Options{})
	more := `,"redirectUrl":"` + shop(t, loopback) + `/done?order=7","state":"s t"`
	cases := []struct{ decision, status, outcome string }{
		{"accept", "COMPLETED", "accepted"}, {"reject", "COMPLETED", "rejected"}, {"abort", "ABORTED", "NO_OUTCOME"},
	}
	for _, test := range cases {
		t.Run(test.decision, func(t *testing.T) {
			b := b.another(t)
			p := c.person(more)
			b.do(chromedp.Navigate(playerURL(p)), chromedp.Click(chromedp.CSS(`button[value="`+test.decision+`"]`)))
			b.wantReturn(p)
			c.wantStatus(p.id, test.status, test.outcome)
		})
	}
}

// TestBrowserReturns comes back over addresses that a policy about the form's
// redirects would stop at.
func TestBrowserReturns(t *testing.T) {
	b := browser(t)
	c := start(t, emulator.Options{})
	cases := map[string]struct{ address, path string }{
		"over another host": {loopback, "/login"},
		"in IPv6":           {"[::1]:0", "/done"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			b := b.another(t)
			p := c.person(`,"redirectUrl":"` + shop(t, test.address) + test.path + `?order=7","state":"s t"`)
			b.do(chromedp.Navigate(playerURL(p)), chromedp.Click(chromedp.CSS(`button[value="accept"]`)))
			b.wantReturn(p)
		})
	}
}

// TestBrowserAfterTheDecision looks at the page again, each way that there is:
// it shows the result, asks nothing, and links to the redirect URL.
func TestBrowserAfterTheDecision(t *testing.T) {
	b := browser(t)
	c := start(t, emulator.Options{})
	cases := map[string]struct {
		redirect, first string // what shows first after the decision
		again           chromedp.Action[chromedp.Void]
	}{
		"reloaded":           {"", "main.accepted", chromedp.Reload()},
		"back from a page":   {shop(t, loopback), "#back", chromedp.NavigateBack()},
		"app":                {"myapp://done", "main.accepted", chromedp.Reload()},
		"app by its domain":  {"com.example.app://cb", "main.accepted", chromedp.Reload()},
		"app without a host": {"myapp:done", "main.accepted", chromedp.Reload()},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			b := b.another(t)
			more := ""
			if test.redirect != "" {
				more = `,"redirectUrl":"` + test.redirect + `"`
			}
			p := c.person(more)
			b.do(
				chromedp.Navigate(playerURL(p)), chromedp.Click(chromedp.CSS(`button[value="accept"]`)), chromedp.WaitVisible(chromedp.CSS(test.first)),
				test.again, chromedp.WaitVisible(chromedp.CSS("main.accepted")),
			)
			buttons := look(b, chromedp.Evaluate[int](`document.querySelectorAll("button").length`))
			link := look(b, chromedp.Evaluate[string](`document.querySelector("a")?.href ?? ""`))
			if buttons != 0 || !strings.HasPrefix(link, test.redirect) || (link == "") != (test.redirect == "") {
				t.Errorf("the page has %d buttons and leads to %q", buttons, link)
			}
		})
	}
}

// TestBrowserByKeyboard goes to the second button by tabs and presses it.
func TestBrowserByKeyboard(t *testing.T) {
	b := browser(t)
	c := start(t, emulator.Options{})
	p := c.person(`,"redirectUrl":"` + shop(t, loopback) + `/done?order=7","state":"s t"`)
	b.do(chromedp.Navigate(playerURL(p)), chromedp.WaitVisible(chromedp.CSS("form")), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Tab))
	focused := look(b, chromedp.Evaluate[string](`document.activeElement.value`))
	outline := look(b, chromedp.Evaluate[string](`getComputedStyle(document.activeElement).outlineStyle`))
	if focused != "reject" || outline != "solid" {
		t.Errorf("after two tabs the focus is on %q with outline %q", focused, outline)
	}
	b.do(chromedp.KeyEvent(kb.Enter))
	b.wantReturn(p)
	c.wantStatus(p.id, "COMPLETED", "rejected")
}

// TestBrowserOnAPhone looks for anything wider than a small screen, and for
// buttons too small for a finger, before the decision and after it.
func TestBrowserOnAPhone(t *testing.T) {
	b := browser(t)
	c := start(t, emulator.Options{})
	p := c.person(`,"redirectUrl":"com.example.anappwithanameaslongasthenamesofappsget://done"`)
	b.do(chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile), chromedp.Navigate(playerURL(p)), chromedp.WaitVisible(chromedp.CSS("form")))
	b.wantFit("button")
	b.do(chromedp.Click(chromedp.CSS(`button[value="accept"]`)), chromedp.WaitVisible(chromedp.CSS("main.accepted")))
	b.wantFit("a")
	if heading := look(b, chromedp.Text(chromedp.CSS("h1"))); heading != "Prüfung angenommen" {
		t.Errorf("the page says %q", heading)
	}
}

// wantFit measures the page and what can be pressed on it.
func (b tab) wantFit(pressed string) {
	b.t.Helper()
	width := look(b, chromedp.Evaluate[float64](`document.documentElement.scrollWidth`))
	height := look(b, chromedp.Evaluate[float64](`Math.min(...[...document.querySelectorAll("`+pressed+`")].map(b => b.getBoundingClientRect().height))`))
	if width > 320 || height < 44 {
		b.t.Errorf("the page is %v wide, its lowest %s %v high", width, pressed, height)
	}
}
