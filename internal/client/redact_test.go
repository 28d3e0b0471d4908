// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// shownBy is a message as an error shows it, of a call with the given texts.
func shownBy(message string, texts ...string) string {
	return newRedactor([]string{testKey}, discretion{texts: texts}).message(message)
}

func TestRedaction(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 1<<10)
	for name, test := range map[string]struct {
		text, message, want string
	}{
		"plain":                           {"PlantedGiven", "no PlantedGiven here", "no (redacted) here"},
		"within a word":                   {"PlantedState-8d1f", "xPlantedState-8d1fy", "x(redacted)y"},
		"a short one by itself":           {"Max", "Max, Maximum", "(redacted), Maximum"},
		"a short one beside digits":       {"DE89", "DE8937", "DE8937"},
		"a short one of letters":          {"Max", "Max7", "(redacted)7"},
		"a digit":                         {"7", `{"pin":"7","size":17}`, `{"pin":"(redacted)","size":17}`},
		"a letter":                        {"x", "an x", "an x"},
		"a letter that is a name":         {"李", "用户李无效", "用户(redacted)无效"},
		"a name without spaces around":    {"王伟", "用户王伟无效", "用户(redacted)无效"},
		"a moment of a date":              {"1907-03-29", "1907-03-29T00:00:00.000Z", "(redacted)T00:00:00.000Z"},
		"another case":                    {"PlantedGiven", "PLANTEDGIVEN plantedgiven", "(redacted) (redacted)"},
		"another case of a short one":     {"Zoë", "ZOË zoë", "(redacted) (redacted)"},
		"trimmed":                         {"  heredoc-secret\n", "got heredoc-secret", "got (redacted)"},
		"lines made one":                  {"first line\n  second", "got first line\n second", "got (redacted)"},
		"invisible characters":            {"PlantedGiven", "Plan\u200btedGi\u00adven", "(redacted)"},
		"invisible in what was sent":      {"Planted\u200bGiven", "PlantedGiven", "(redacted)"},
		"JSON":                            {`Zoë "Q"`, `{"name":"Zoë \"Q\""}`, `{"name":"(redacted)"}`},
		"JSON in ASCII":                   {"Zoë", `Zo\u00eb`, "(redacted)"},
		"JSON in ASCII, past 16 bits":     {"a😀", `a\ud83d\ude00`, "(redacted)"},
		"a line break in JSON":            {"heredoc-secret\n", `"heredoc-secret\n"`, `"(redacted)\n"`},
		"backslashes in JSON":             {`C:\temp\names`, `C:\\temp\\names`, "(redacted)"},
		"a query":                         {"Zoë Q", "Zo%C3%AB+Q, Zo%c3%ab%20Q", "(redacted), (redacted)"},
		"a path":                          {"Zoë Q", "at Zo%c3%ab%20Q", "at (redacted)"},
		"a query within a query":          {"Zoë", "Zo%25C3%25AB", "(redacted)"},
		"HTML":                            {`O'Neil & Co`, "O&#39;Neil &amp; Co; O&#x27;Neil &#38; Co", "(redacted); (redacted)"},
		"base64":                          {"PlantedGiven", "got UGxhbnRlZEdpdmVu", "got (redacted)"},
		"base64 of more":                  {"PlantedGiven", "got " + base64.StdEncoding.EncodeToString([]byte(`{"x":"PlantedGiven"}`)), "got (redacted)"},
		"base64 of more, after something": {"PlantedGiven", "got x" + base64.RawURLEncoding.EncodeToString([]byte("??>>PlantedGiven")), "got (redacted)"},
		"base64 in a query":               {"??>>PlantedGiven>>", "Pz8%2BPlBsYW50ZWRHaXZlbj4%2B", "Pz8%(redacted)%2B"},
		"base64 of a short one":           {"Max", "user=TWF4", "user=(redacted)"},
		"an API key":                      {"", testKey + " " + strings.ToUpper(testKey) + " " + strings.ReplaceAll(testKey, "-", "%2D"), "(redacted) (redacted) (redacted)"},
		"another zero":                    {"73914682.25", "income 73914682.250", "income (redacted)0"},
		"grouped digits":                  {"73914682.25", "income 73,914,682.25", withheld},
		"an exponent":                     {"73914682.25", "income 7.391468225E7", withheld},
		"other punctuation":               {"+49 171 1234567", "phone 0049(171)123-4567", withheld},
		"no accents":                      {"Müßiggänger", "MUSSIGGANGER", withheld},
		"accents apart":                   {"Zoë Planted", "Zoe\u0308 Planted", withheld},
		"wide letters":                    {"PlantedGiven", "ＰｌａｎｔｅｄＧｉｖｅｎ", withheld},
		"letters apart":                   {"PlantedGiven", "P l a n t e d G i v e n", withheld},
		"the beginning of a longer one":   {long, "got " + long[:20] + "…", "got (redacted)…"},
		"a long one":                      {long, "got " + long + " and more", "got (redacted)"},
		"two that overlap":                {"Planted Street", "one Planted Street 5", "one (redacted) 5"},
		"an escape that hides nothing":    {"PlantedGiven", `a\/b %41 &amp; c`, `a\/b %41 &amp; c`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shownBy(test.message, test.text); got != test.want {
				t.Errorf("shows %q, want %q", got, test.want)
			}
		})
	}
	if got := shownBy("xMax Younger", "xMax Y", "Max Younger"); got != blot {
		t.Errorf("of two texts that overlap %q is left", got)
	}
}

// escapings are forms that a text takes on its way through a service; several
// may lie around one another.
var escapings = []func(string) string{
	func(s string) string { return s },
	url.QueryEscape,
	url.PathEscape,
	html.EscapeString,
	func(s string) string {
		quoted, _ := json.Marshal(s)
		return string(quoted)
	},
	func(s string) string { // JSON in ASCII
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&b, `\u%04X`, unit)
		}
		return b.String()
	},
	func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(`{"in":"` + s + `"}`)) },
}

// writings are forms of the text itself.
var writings = []func(string) string{
	func(s string) string { return s },
	strings.ToUpper,
	strings.ToLower,
	func(s string) string { return strings.Join(strings.Split(s, ""), "\u200b") },
	func(s string) string { return strings.Join(strings.Split(s, ""), "-") },
}

// encode puts a writing of text into two escapings, of which base64 may be the
// outer one only.
func encode(text string, n uint) string {
	pick := func(forms []func(string) string) func(string) string {
		form := forms[n%uint(len(forms))]
		n /= uint(len(forms))
		return form
	}
	writing, inner, outer := pick(writings), pick(escapings[:len(escapings)-2]), pick(escapings)
	return outer(inner(writing(text)))
}

// Whatever form it takes, and within whatever words, a text that has six
// letters or digits never comes out of a message.
func FuzzRedaction(f *testing.F) {
	for n := range uint(len(writings) * (len(escapings) - 2) * len(escapings)) {
		f.Add("PlantedGiven", "value ", " is wrong", n)
		f.Add(`Zoë "Q" <Müßig> & 100%+\u0041\n`, "x", "y", n)
		f.Add("1907-03-29", `{"birthDate":"`, `"}`, n)
		f.Add("王小明王小明", "用户", "无效", n)
	}
	f.Fuzz(func(t *testing.T, secret, before, after string, n uint) {
		bare := lettersAndDigits(secret)
		if !utf8.ValidString(secret) || len([]rune(bare)) < wordLength || strings.Contains(lettersAndDigits(before+after+blot+withheld), bare) {
			t.Skip()
		}
		encoded := encode(secret, n)
		shown := shownBy(before+encoded+after, secret)
		for _, form := range []string{shown, unescapeAll(shown)} {
			if strings.Contains(lettersAndDigits(form), bare) {
				t.Errorf("%q shows of %q in %q", shown, secret, encoded)
			}
		}
		if strings.Contains(shown, strings.TrimSpace(printable(encoded))) {
			t.Errorf("%q shows %q, which holds %q", shown, encoded, secret)
		}
	})
}

// What a session is made of may be large. An error about it is quick all the
// same, and does not copy it.
func BenchmarkRedaction(b *testing.B) {
	texts := make([]string, 10_000)
	for i := range texts {
		texts[i] = fmt.Sprintf("leaf %d of many", i)
	}
	texts[0] = strings.Repeat("QUJD", 16<<20)
	message := strings.Repeat("some words of a service ", maxErrorBody/24)
	b.ReportAllocs()
	for b.Loop() {
		shownBy(message, texts...)
	}
}

func TestErrorsOfCallsWhosePersonIsNotKnown(t *testing.T) {
	const planted = `{"message":["PlantedGiven"]}`
	for name, test := range map[string]struct {
		call func(*Client) error
		want string
	}{
		"session":         {func(c *Client) error { _, err := c.Session(t.Context(), "live", "s1"); return err }, withheldUnseen},
		"known session":   {func(c *Client) error { _, err := c.Session(t.Context(), "live", "s1", "PlantedGiven"); return err }, blot},
		"other session":   {func(c *Client) error { _, err := c.Session(t.Context(), "live", "s1", "other"); return err }, "PlantedGiven"},
		"sessions":        {func(c *Client) error { _, err := c.ListSessions(t.Context(), "f1", "live", SessionQuery{}); return err }, withheldUnseen},
		"data blocks":     {func(c *Client) error { _, err := c.DataBlocks(t.Context(), "live", "s1"); return err }, withheldUnseen},
		"file":            {func(c *Client) error { _, err := c.File(t.Context(), "live", "v1"); return err }, withheldUnseen},
		"flows":           {func(c *Client) error { _, err := c.ListFlows(t.Context(), "live"); return err }, "PlantedGiven"},
		"flow's document": {func(c *Client) error { _, err := c.FlowDocument(t.Context(), "live", "f1"); return err }, "PlantedGiven"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, status(400, planted, "X-Request-Id: id-PlantedGiven"))
			e := asError(t, test.call(newTestClient(t, s.URL)))
			if len(e.Messages) != 1 || e.Messages[0] != test.want {
				t.Errorf("messages %q, want %q", e.Messages, test.want)
			}
			if wantID := name != "known session"; (e.RequestID != "") != wantID {
				t.Errorf("request ID %q, want one %t", e.RequestID, wantID)
			}
		})
	}
}

// Cleaning is bounded, and what the bound cuts through must not show in part.
func TestRedactionOfMuch(t *testing.T) {
	r := newRedactor([]string{testSecret}, discretion{})
	filler := strings.Repeat("a ", (maxCleaned-6)/2)
	if got := r.message(filler + testSecret); strings.Contains(got, testSecret[:4]) || !strings.HasPrefix(filler, got) {
		t.Errorf("ends with %q", got[max(0, len(got)-20):])
	}
	if got := r.message("more"); got != "" {
		t.Errorf("cleans %q beyond its bound", got)
	}
}
