// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/idnow/terraform-provider-idnow/examples/flows"
	"github.com/idnow/terraform-provider-idnow/internal/acceptance"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
)

// judge is a Prism that judges by the document of one flow. Prism knows the
// create alone, so the provider is led to a front, which hands Prism the
// creates, and the emulator all else.
type judge struct {
	*acceptance.Env

	mu      sync.Mutex
	answers []answer // of Prism to creates
}

type answer struct {
	status int
	text   string // body and violations, which a mock tells in a header
}

// newJudge starts Prism as the guide does: "mock", or "proxy" before the emulator.
func newJudge(t *testing.T, mode string, flow publication, options emulator.Options) *judge {
	t.Helper()
	binary := nodeTool(t, "prism")
	j := &judge{Env: acceptance.New(t, options)}
	service := j.URL
	judging := startPrism(t, binary, mode, flow.download(t, j.Env), service)
	front := httptest.NewServer(j.split(t, judging, service))
	t.Cleanup(front.Close)
	j.URL = front.URL
	return j
}

// split sends creates to Prism and everything else to the service.
func (j *judge) split(t *testing.T, judging, service string) http.Handler {
	t.Helper()
	creates, others := forward(t, judging), forward(t, service)
	creates.ModifyResponse = j.note
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/sessions") {
			creates.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}

func (j *judge) note(r *http.Response) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	j.mu.Lock()
	defer j.mu.Unlock()
	j.answers = append(j.answers, answer{r.StatusCode, string(body) + r.Header.Get("Sl-Violations")})
	return nil
}

func forward(t *testing.T, to string) *httputil.ReverseProxy {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
}

// requireAnswers fails the test unless Prism answered as many creates, each
// with the status and with a text that holds the one given.
func (j *judge) requireAnswers(t *testing.T, want ...answer) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.answers) != len(want) {
		t.Fatalf("Prism answered %d creates, want %d: %+v", len(j.answers), len(want), j.answers)
	}
	for i, got := range j.answers {
		if got.status != want[i].status || !strings.Contains(got.text, want[i].text) {
			t.Errorf("Prism answered %+v, want %+v", got, want[i])
		}
	}
}

var listening = regexp.MustCompile(`Prism is listening on (http://\S+)`)

// startPrism runs the guide's command line in the document's folder, on a free
// port, and returns the address that Prism tells once it listens.
func startPrism(t *testing.T, binary, mode, folder, service string) string {
	t.Helper()
	arguments := invocationWith(t, prism, mode)
	for i, argument := range arguments {
		switch argument {
		case "4010":
			arguments[i] = "0"
		case "https://api.eu.platform.idnow.io":
			arguments[i] = service
		}
	}
	cmd := exec.Command(binary, arguments...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "NO_COLOR=1")
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return addressOf(t, output)
}

func addressOf(t *testing.T, output io.Reader) string {
	t.Helper()
	told := make(chan string, 1)
	var log strings.Builder
	go func() {
		defer close(told)
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if match := listening.FindStringSubmatch(lines.Text()); match != nil {
				told <- match[1]
				_, _ = io.Copy(io.Discard, output) // a full pipe would stop Prism
				return
			}
			log.WriteString(lines.Text() + "\n")
		}
	}()
	select {
	case address, ok := <-told:
		if !ok {
			t.Fatalf("Prism ended:\n%s", log.String())
		}
		return address
	case <-time.After(time.Minute):
		t.Fatal("Prism does not listen after a minute")
		return ""
	}
}

// session is a session of a flow, with input that the provider does not judge
// itself.
func (j *judge) session(flow publication, input string) string {
	return j.Provider() + `
resource "idnow_session" "s" {
  flow_id          = "` + flow.id + `"
  input            = ` + input + `
  metadata         = { subjectId = "customer-123", locale = "en" }
  redirect_url     = "https://example.com/verification"
  input_validation = "off"
}
`
}

// storesSession applies, and has the session in state whose ID is told by want.
func storesSession(configuration string, want func(id string) error) resource.TestStep {
	return resource.TestStep{Config: configuration, ConfigStateChecks: []statecheck.StateCheck{
		statecheck.ExpectKnownValue("idnow_session.s", tfjsonpath.New("id"), knownvalue.StringFunc(want)),
		statecheck.ExpectKnownValue("idnow_session.s", tfjsonpath.New("session_status"), knownvalue.StringExact("CREATED")),
	}}
}

// created fails unless the ID is that of the one session that the emulator has.
func (j *judge) created(id string) error {
	if sessions := j.Sessions(); len(sessions) != 1 || sessions[0].ID != id {
		return fmt.Errorf("%s is in state, the emulator has %d sessions", id, len(sessions))
	}
	return nil
}

// refused applies, and has it end in an error that tells what the pattern says.
func refused(configuration, pattern string) resource.TestStep {
	return resource.TestStep{
		Config:      configuration,
		ExpectError: regexp.MustCompile("(?s)" + strings.ReplaceAll(pattern, " ", `\s+`)), // the CLI breaks lines
	}
}

func emptyPlan(configuration string) resource.TestStep {
	return resource.TestStep{Config: configuration, ConfigPlanChecks: resource.ConfigPlanChecks{
		PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}}
}

const identity = `{ basicIdentity = { givenName = "Max", familyName = "Schmidt" } }`

// form is a flow that takes a form with one file and no list; see
// TestPrismFindsNoListInAForm. Its document is made of the example's.
var form = instantSignature

func formDocument(t *testing.T) []byte {
	t.Helper()
	document, err := fs.ReadFile(flows.FS, "instant-signature.staging.json")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?s)"input\[documentsToSign\]\[documents\]": \{.*?\n {18}\}`)
	flat := list.ReplaceAll(document, []byte(`"input[contract][source]": {"type": "string", "format": "binary"}`))
	return bytes.ReplaceAll(flat, []byte("input[documentsToSign][documents]"), []byte("input[contract][source]"))
}

// Before the emulator, Prism lets pass what the provider sends and what the
// emulator answers, and stops what does not fit the document.
func TestPrismJudgesTheProvider(t *testing.T) {
	for name, test := range map[string]struct {
		flow      publication
		options   emulator.Options
		mediaType string
		fits      string
		wrong     string
		because   string
	}{
		"JSON": {
			captureStaging, emulator.Options{}, "application/json",
			`{ basicIdentity = { givenName = "Zoë", familyName = "Schmidt", nationality = "DE" }, financialProfile = { declaredIncome = 1200.5, priority = 1, sourcesOfFunds = [] } }`,
			`{ basicIdentity = { givenName = "Zoë", familyName = "Schmidt", nationality = "Germany" } }`,
			`input.basicIdentity.nationality must match pattern`,
		},
		"JSON by references": {
			addressCheck, emulator.Options{}, "application/json",
			`{ basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" }, address = { street = "A", city = "B", country = "DE" } }`,
			`{ basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" }, address = { street = "A", country = "DE" } }`,
			`input.address must have required property 'city'`,
		},
		"multipart": {
			form, emulator.Options{Documents: [][]byte{formDocument(t)}}, "multipart/form-data",
			`{ basicIdentity = { givenName = "Max", familyName = "Schmidt" }, contract = { source = base64encode("%PDF-1.7") } }`,
			`{ basicIdentity = { givenName = "Max" }, contract = { source = base64encode("%PDF-1.7") } }`,
			`must have required property 'input[basicIdentity][familyName]'`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJudge(t, "proxy", test.flow, test.options)
			fits, wrong := j.session(test.flow, test.fits), j.session(test.flow, test.wrong)
			j.Run(t, storesSession(fits, j.created), emptyPlan(fits), refused(wrong, `422 Unprocessable Entity.*Your request is not valid`))

			j.requireAnswers(t, answer{http.StatusCreated, test.flow.id}, answer{http.StatusUnprocessableEntity, test.because})
			if kind, _, _ := strings.Cut(j.RequireCreates(t, 1)[0].Header.Get("Content-Type"), ";"); kind != test.mediaType {
				t.Errorf("the create came as %s, not as %s", kind, test.mediaType)
			}
		})
	}
}

// Were the emulator's answers not judged, the test above would prove half.
func TestPrismJudgesTheAnswer(t *testing.T) {
	j := newJudge(t, "proxy", captureStaging, emulator.Options{})
	j.Fault(fault.Fault{Call: string(emulator.CallCreate), Kind: fault.WithoutID})
	j.Run(t, refused(j.session(captureStaging, identity), `500 Internal Server Error.*Your request/response is not valid`))
	j.requireAnswers(t, answer{http.StatusInternalServerError, "sessionContext must have required property 'sessionId'"})
}

// By itself, Prism answers with an example made of the document.
func TestPrismMocksTheCreate(t *testing.T) {
	j := newJudge(t, "mock", captureStaging, emulator.Options{})
	fits := storesSession(j.session(captureStaging, identity), uuid.Validate)
	fits.ExpectNonEmptyPlan = true // no service knows that session
	j.Run(t, fits, refused(j.session(captureStaging, `{ basicIdentity = { givenName = "Max" } }`), `400 Bad Request`))

	// The document lists a 400, so the mock answers that instead of a 422 of its own.
	j.requireAnswers(t, answer{http.StatusCreated, ""}, answer{http.StatusBadRequest, "must have required property 'familyName'"})
	j.RequireCreates(t, 0)
}

// Prism looks in a form for a part of each name that the document lists, and
// takes it as text. The document lists a list as one name, while each leaf of its
// elements is a part of its own, so that elements can be files: to Prism, the list
// is missing. Should it be accepted one day, the flow belongs in the test above,
// and the sentence out of the guide.
func TestPrismFindsNoListInAForm(t *testing.T) {
	j := newJudge(t, "proxy", instantSignature, emulator.Options{})
	configuration := j.session(instantSignature, `{
    basicIdentity   = { givenName = "Max", familyName = "Schmidt" }
    documentsToSign = { documents = [{ templateId = "contract", source = base64encode("%PDF-1.7") }] }
  }`)
	j.Run(t, refused(configuration, `422 Unprocessable Entity`))
	j.requireAnswers(t, answer{http.StatusUnprocessableEntity, "must have required property 'input[documentsToSign][documents]'"})
	j.RequireCreates(t, 0)
}

// Prism judges no form by a schema that is a reference, since it looks for the
// names before it resolves the reference. And it passes bodies on as text, which
// changes files that are none.
func TestPrismPassesFormsOn(t *testing.T) {
	scan := "\xff\xd8\xff"
	file := filepath.Join(t.TempDir(), "scan.jpg")
	write(t, file, scan)
	j := newJudge(t, "proxy", addressCheck, emulator.Options{})
	configuration := j.session(addressCheck, `{
    basicIdentity = { givenName = "Max", familyName = "Schmidt", birthDate = "1985-08-22" }
    address       = { street = "A", city = "B", country = "Germany" }
    proof         = { kind = "utilityBill", provider = "C", pages = [{ scan = { "$file" = "`+filepath.ToSlash(file)+`", "$sha256" = filesha256("`+filepath.ToSlash(file)+`") } }] }
  }`)
	j.Run(t, refused(configuration, `input.address.country`))
	j.requireAnswers(t, answer{http.StatusBadRequest, "input.address.country is refused"}) // the emulator's words
	if body := j.RequireCreates(t, 1)[0].Body; bytes.Contains(body, []byte(scan)) {
		t.Error("Prism passes bytes on as they are: take the sentence out of the guide")
	}
}
