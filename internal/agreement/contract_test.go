// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package agreement

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/emulator"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/emulatortest"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/fault"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/revision"
)

const contractFile = "../../api/trust-platform.openapi.yaml"

// described is a proxy between client and emulator that validates each request and each
// response against the document of the platform's API.
type described struct {
	*testing.T
	client *client.Client
	server *emulatortest.Server
	router routers.Router

	mu       sync.Mutex
	used     map[string]bool // operations that were called
	problems []string
}

// The library reads no HTML by itself; its content says nothing here.
func init() { openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.FileBodyDecoder) }

func newContract(t *testing.T, r revision.Revision) *described {
	t.Helper()
	c := &described{T: t, server: emulatortest.NewServer(t, emulator.Options{Revision: r}), router: contractRouter(t), used: map[string]bool{}}
	between := httptest.NewServer(c)
	t.Cleanup(between.Close)
	var err error
	c.client, err = client.New(client.Config{
		APIURL: between.URL, AuthURL: between.URL,
		Credentials: client.Credentials{ClientID: emulator.DefaultClientID, ClientSecret: emulator.DefaultClientSecret}, RequestTimeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func readContract(t *testing.T) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return document
}

// contractRouter finds operations whatever the host: here both are loopback.
func contractRouter(t *testing.T) routers.Router {
	t.Helper()
	document := readContract(t)
	document.Servers = nil
	for _, path := range document.Paths.Map() {
		path.Servers = nil
	}
	router, err := legacy.NewRouter(document)
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// ServeHTTP passes a request on to the emulator.
func (c *described) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/download/") { // a presigned address: another service's
		c.server.Handler().ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.note(r, "request", err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	input := c.request(r)
	r.Body = io.NopCloser(bytes.NewReader(body))
	recorded := httptest.NewRecorder()
	c.server.Handler().ServeHTTP(recorded, r)
	if input != nil {
		c.note(r, "response", openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: recorded.Code, Header: recorded.Header(),
			Body:    io.NopCloser(bytes.NewReader(recorded.Body.Bytes())),
			Options: &openapi3filter.Options{IncludeResponseStatus: true},
		}))
	}
	for name, values := range recorded.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(recorded.Code)
	_, _ = w.Write(recorded.Body.Bytes())
}

// request validates a request. It returns nil for one that the document does not know.
func (c *described) request(r *http.Request) *openapi3filter.RequestValidationInput {
	route, parameters, err := c.router.FindRoute(r)
	if err != nil {
		c.note(r, "request", err)
		return nil
	}
	c.mu.Lock()
	c.used[route.Operation.OperationID] = true
	c.mu.Unlock()
	input := &openapi3filter.RequestValidationInput{
		Request: r, Route: route, PathParams: parameters,
		Options: &openapi3filter.Options{AuthenticationFunc: bearer},
	}
	c.note(r, "request", openapi3filter.ValidateRequest(r.Context(), input))
	return input
}

func bearer(_ context.Context, input *openapi3filter.AuthenticationInput) error {
	if !strings.HasPrefix(input.RequestValidationInput.Request.Header.Get("Authorization"), "Bearer ") {
		return errors.New("no bearer token")
	}
	return nil
}

func (c *described) note(r *http.Request, what string, err error) {
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.problems = append(c.problems, r.Method+" "+r.URL.Path+": "+what+": "+err.Error())
	}
}

// require fails the test where an error is another than the one expected.
func (c *described) require(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// exchange makes every call that the client has, and what is refused.
func (c *described) exchange(r revision.Revision) {
	c.Helper()
	ctx := c.Context()
	_, err := c.client.ListFlows(ctx, "staging")
	c.require(err)
	_, err = c.client.FlowDocument(ctx, "staging", emulatortest.AddressCheck)
	c.require(err)
	_, err = c.client.FlowDocument(ctx, "staging", "none")
	if !client.IsNotFound(err) {
		c.Errorf("an unknown flow: %v", err)
	}
	id := c.create()
	_, err = c.client.Session(ctx, "staging", id)
	c.require(err)
	c.require(c.server.SetStatus(id, emulator.Completed, emulator.Accepted))
	_, err = c.client.Session(ctx, "staging", id)
	c.require(err)
	blocks, err := c.client.DataBlocks(ctx, "staging", id)
	c.require(err)
	for _, block := range blocks {
		for _, reference := range regexp.MustCompile(`"\$id":"([^"]+)"`).FindAllStringSubmatch(string(block.Content), -1) {
			file, err := c.client.File(ctx, "staging", reference[1])
			c.require(err)
			c.require(file.Content.Close())
		}
	}
	err = c.client.EachSession(ctx, emulatortest.InstantSignature, "staging", client.SessionQuery{SortBy: "createdAt", SortDesc: true}, func(client.Session) bool { return true })
	if err != nil && r.SessionList != "none" {
		c.Error(err)
	}
}

// create creates a session by JSON and one by a form, which it returns, and is
// refused a third.
func (c *described) create() string {
	c.Helper()
	json := `{"input":{"basicIdentity":{"givenName":"Max","familyName":"Schmidt"}},"metadata":{"subjectId":"c","locale":"en"},"redirectUrl":"https://example.com/done","state":"s"}`
	_, err := c.client.CreateSession(c.Context(), emulatortest.DocumentCapture, "staging", bodyOf("application/json", json))
	c.require(err)
	_, err = c.client.CreateSession(c.Context(), emulatortest.DocumentCapture, "staging", bodyOf("application/json", strings.Replace(json, "familyName", "x", 1)))
	if err == nil {
		c.Error("wrong input was taken")
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for name, value := range map[string]string{
		"input[basicIdentity][givenName]": "Max", "input[basicIdentity][familyName]": "Schmidt",
		"input[documentsToSign][documents][0][templateId]": "contract", "metadata[subjectId]": "c",
	} {
		c.require(w.WriteField(name, value))
	}
	part, err := w.CreateFormFile("input[documentsToSign][documents][0][source]", "contract.pdf")
	c.require(err)
	_, err = part.Write([]byte("%PDF-1.7"))
	c.require(errors.Join(err, w.Close()))
	created, err := c.client.CreateSession(c.Context(), emulatortest.InstantSignature, "staging", bodyOf(w.FormDataContentType(), form.String()))
	c.require(err)
	return created.ID
}

func bodyOf(contentType, content string) client.Body {
	return client.Body{ContentType: contentType, Length: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

// What the client sends and what the emulator returns is what the document of the
// platform's API describes, in every revision, and nothing in it goes untried.
func TestContract(t *testing.T) {
	var operations []string
	for _, path := range readContract(t).Paths.Map() {
		for _, operation := range path.Operations() {
			operations = append(operations, operation.OperationID)
		}
	}
	eachRevision(t, func(t *testing.T, r revision.Revision) {
		c := newContract(t, r)
		c.exchange(r)
		// The client does not verify webhooks: who does asks for the keys.
		c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/oidc/.well-known/jwks.json", http.NoBody))
		for _, problem := range c.problems {
			t.Error(problem)
		}
		for _, operation := range operations {
			if !c.used[operation] {
				t.Errorf("no call was %s", operation)
			}
		}
	})
}

// The document would let nothing pass that it does not describe.
func TestContractFindsDifferences(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(c *described)
		want string
	}{
		"a response of another type": {func(c *described) {
			c.server.Fault(fault.Fault{Call: string(emulator.CallRead), Kind: fault.WrongType})
			_, _ = c.client.Session(c.Context(), "staging", "x")
		}, "GET /api/v1/staging/sessions/x: response"},
		"a create without metadata": {func(c *described) {
			_, _ = c.client.CreateSession(c.Context(), emulatortest.DocumentCapture, "staging", bodyOf("application/json", `{"input":{}}`))
		}, `property "metadata" is missing`},
		"a form without metadata": {func(c *described) {
			_, _ = c.client.CreateSession(c.Context(), emulatortest.InstantSignature, "staging", bodyOf("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"state\"\r\n\r\ns\r\n--b--\r\n"))
		}, `property "metadata[subjectId]" is missing`},
		"another media type": {func(c *described) {
			_, _ = c.client.CreateSession(c.Context(), emulatortest.DocumentCapture, "staging", bodyOf("application/xml", "<x/>"))
		}, "request"},
		"an unknown path": {func(c *described) {
			c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodDelete, "http://localhost/api/v1/staging/sessions/x", http.NoBody))
		}, "DELETE /api/v1/staging/sessions/x: request"},
		"no token": {func(c *described) {
			c.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/api/v1/staging/sessions/x", http.NoBody))
		}, "no bearer token"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newContract(t, revision.Default())
			test.do(c)
			if !slices.ContainsFunc(c.problems, func(problem string) bool { return strings.Contains(problem, test.want) }) {
				t.Errorf("the problems are %q, want %q", c.problems, test.want)
			}
		})
	}
}
