// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package player

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

var states = []State{Open, Waiting, Accepted, Rejected, Aborted, Expired, Failed, Unknown}

func view(locale string, state State) View {
	return View{
		Locale: locale, State: state, Title: "Flow <one>", Description: "About & more", Version: "2", Environment: "staging", Token: "TOKEN",
		Blocks:    []Block{{"basicIdentity", true}, {"documentImages", false}},
		ExpiresAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), ReturnTo: "https://example.com/done?state=s",
	}
}

func render(t *testing.T, v View) (page, policy string) {
	t.Helper()
	var buffer bytes.Buffer
	policy, err := Render(&buffer, v)
	if err != nil {
		t.Fatal(err)
	}
	return buffer.String(), policy
}

// TestPagesStandAlone renders every page in every language and holds it to what
// a page needs without network, script or mouse.
func TestPagesStandAlone(t *testing.T) {
	for locale := range languages {
		for _, state := range states {
			t.Run(locale+" "+string(state), func(t *testing.T) {
				page, policy := render(t, view(locale, state))
				for _, part := range []string{
					`<html lang="` + locale + `">`, `name="viewport"`, "<title>", "<header>", "<main ", "<footer>", "<h1>", `aria-live="polite"`,
					languages[locale].states[state].Heading, languages[locale].Emulated,
				} {
					if !strings.Contains(page, part) {
						t.Errorf("the page has no %s", part)
					}
				}
				for _, part := range []string{"<script", "<link", "<img", "url(", "@import", "src=", "http-equiv", " style=", "onclick"} {
					if strings.Contains(page, part) {
						t.Errorf("the page has %s", part)
					}
				}
				if strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "<one>") {
					t.Error("something was not escaped, or was taken for dangerous")
				}
				nonce := regexp.MustCompile(`<style nonce="([^"]+)">`).FindStringSubmatch(page)
				if nonce == nil || !strings.Contains(policy, "'nonce-"+nonce[1]+"'") {
					t.Errorf("the policy %q does not allow the page's style", policy)
				}
				if strings.Count(page, `lang="en">Basic identity<`) != strings.Count(page, "Basic identity") {
					t.Error("the API's own English names are not marked as such")
				}
				hasForm := strings.Contains(page, `<form class="decision" method="post" action="/player">`)
				if hasForm != (state == Open) {
					t.Errorf("form: %v", hasForm)
				}
				if token := strings.Contains(page, "TOKEN"); token != hasForm {
					t.Errorf("token on the page: %v", token)
				}
			})
		}
	}
}

func TestFormsAreLabelled(t *testing.T) {
	page, _ := render(t, view("en", Open))
	if strings.Count(page, "<h1>") != 1 {
		t.Error("the page has not one main heading")
	}
	for _, decision := range []string{Accept, Reject, Abort} {
		if !strings.Contains(page, `name="decision" value="`+decision+`" aria-describedby="`+decision+`"`) ||
			!strings.Contains(page, `<small id="`+decision+`">`) {
			t.Errorf("%s is not described", decision)
		}
	}
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if ids[id[1]] {
			t.Errorf("the ID %s occurs twice", id[1])
		}
		ids[id[1]] = true
	}
	for _, ref := range regexp.MustCompile(` aria-(?:describedby|labelledby)="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !ids[ref[1]] {
			t.Errorf("nothing has the ID %s", ref[1])
		}
	}
	if !strings.Contains(page, `aria-current="step"`) || !strings.Contains(page, "Basic identity") {
		t.Error("the steps are not shown")
	}
}

func TestReturnLinks(t *testing.T) {
	const anywhere, itself = "", "'self'" // where the form may lead
	cases := map[string]struct{ returnTo, link, words, forms string }{
		"page":      {"https://example.com/x?a=b&c=d", `href="https://example.com/x?a=b&amp;c=d"`, "Continue to example.com", anywhere},
		"IPv6":      {"http://[::1]:8080/x", `href="http://[::1]:8080/x"`, "Continue to [::1]:8080<", anywhere},
		"port":      {"http://localhost:8080/x", `href="http://localhost:8080/x"`, "Continue to localhost:8080<", anywhere},
		"deep link": {"myapp://done?x", `href="myapp://done?x"`, "Continue to myapp", itself},
		"odd host":  {"https://a;b/x", `href="https://a;b/x"`, "a;b", anywhere},
		"none":      {"", "", "You can close this page.", itself},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v := view("en", Accepted)
			v.ReturnTo = c.returnTo
			page, policy := render(t, v)
			_, forms, _ := strings.Cut(policy, "; form-action ")
			if !strings.Contains(page, c.link) || !strings.Contains(page, c.words) || forms != c.forms {
				_, body, _ := strings.Cut(page, "<body>")
				t.Errorf("policy %q, page %s", policy, body)
			}
			if (c.link == "") == strings.Contains(page, "<a ") {
				t.Error("link and address don't go together")
			}
		})
	}
}

// The name of a step and its mark are not the same word.
func TestStepsAreNotNamedAsTheyAreMarked(t *testing.T) {
	for locale, words := range languages {
		for _, state := range []State{Open, Accepted} {
			v := view(locale, state)
			v.ReturnTo = ""
			page, _ := render(t, v)
			if !strings.Contains(page, `<span class="name">`+words.StepDone+`</span>`) || strings.Contains(strings.ToLower(words.StepDone), words.Done) {
				t.Errorf("%s, %s: the last step is %q (%s)", locale, state, words.StepDone, words.Done)
			}
		}
	}
}

func TestUnknownLocaleIsEnglish(t *testing.T) {
	if page, _ := render(t, view("it", Open)); !strings.Contains(page, `lang="en"`) {
		t.Error("the page is not in English")
	}
}

// TestEveryLanguageSaysEverything looks for words that one language lacks.
func TestEveryLanguageSaysEverything(t *testing.T) {
	for locale, words := range languages {
		fields := reflect.ValueOf(words)
		for i := range fields.NumField() {
			if field := fields.Field(i); field.Kind() == reflect.String && field.String() == "" {
				t.Errorf("%s has no %s", locale, fields.Type().Field(i).Name)
			}
		}
		for _, state := range states {
			if words.states[state].Heading == "" || words.states[state].Body == "" {
				t.Errorf("%s has no message for %s", locale, state)
			}
		}
	}
}

func TestWords(t *testing.T) {
	for name, want := range map[string]string{"basicIdentity": "Basic identity", "documentsToSign": "Documents to sign", "customerId": "Customer ID", "x": "X", "": "", "écran": "Écran"} {
		if got := Words(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

// TestContrast computes the contrast of the page's colours, light and dark, as
// WCAG 2.2 does. AA asks for 4.5 in text and 3 in outlines.
func TestContrast(t *testing.T) {
	page, _ := render(t, view("en", Open))
	light, dark, found := strings.Cut(page, "prefers-color-scheme: dark")
	if !found {
		t.Fatal("no dark colours")
	}
	pairs := []struct {
		on, of string
		least  float64
	}{
		{"card", "ink", 7}, {"page", "ink", 7}, {"card", "soft", 4.5}, {"brand", "brand-ink", 4.5}, {"card", "brand", 4.5},
		{"card", "good", 4.5}, {"card", "bad", 4.5}, {"note", "note-ink", 4.5}, {"page", "brand", 3},
	}
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		for _, pair := range pairs {
			t.Run(scheme+" "+pair.of+" on "+pair.on, func(t *testing.T) {
				a, b := luminance(t, css, pair.on), luminance(t, css, pair.of)
				if ratio := (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05); ratio < pair.least {
					t.Errorf("contrast %.2f, want %.1f", ratio, pair.least)
				}
			})
		}
	}
}

func luminance(t *testing.T, css, name string) float64 {
	t.Helper()
	colour := regexp.MustCompile(fmt.Sprintf(`--%s: #([0-9a-f]{6});`, name)).FindStringSubmatch(css)
	if colour == nil {
		t.Fatalf("no colour %s", name)
	}
	weights := []float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i, weight := range weights {
		value, err := strconv.ParseUint(colour[1][2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		channel := float64(value) / 255
		if channel <= 0.04045 {
			channel /= 12.92
		} else {
			channel = math.Pow((channel+0.055)/1.055, 2.4)
		}
		sum += weight * channel
	}
	return sum
}
