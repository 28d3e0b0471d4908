// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package interop_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Prism serves the document of the platform's API: each call has a response by it.
func TestPrismServesTheAPI(t *testing.T) {
	binary := nodeTool(t, "prism")
	document, err := filepath.Abs(filepath.Join(root, "api", "trust-platform.openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "mock", "--errors", "--port", "0", document)
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
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
	address := addressOf(t, output)
	for call, status := range map[string]int{
		"GET /oidc/.well-known/jwks.json":                 http.StatusOK,
		"GET /api/v1/flows/staging?page=1&size=100":       http.StatusOK,
		"GET /api/v1/flows/staging?size=101":              http.StatusUnprocessableEntity,
		"GET /api/v1/flows/staging/f":                     http.StatusOK,
		"GET /api/v1/flows/f/staging/sessions":            http.StatusOK,
		"POST /api/v1/flows/f/staging/sessions":           http.StatusCreated,
		"GET /api/v1/staging/sessions/s":                  http.StatusOK,
		"GET /api/v1/staging/sessions/s/datablocks":       http.StatusOK,
		"GET /api/v1/staging/files/v":                     http.StatusFound,
		"DELETE /api/v1/staging/sessions/s":               http.StatusMethodNotAllowed,
		"GET /api/v1/staging/sessions/s/somethingunknown": http.StatusNotFound,
	} {
		method, path, _ := strings.Cut(call, " ")
		request, err := http.NewRequestWithContext(t.Context(), method, address+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer x")
		if method == http.MethodPost {
			request, err = http.NewRequestWithContext(t.Context(), method, address+path, strings.NewReader(`{"metadata":{"subjectId":"c"}}`))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer x")
			request.Header.Set("Content-Type", "application/json")
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != status {
			t.Errorf("%s has status %s, want %d", call, response.Status, status)
		}
	}
}
