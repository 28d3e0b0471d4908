// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package fault

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Service is what a fault affects.
type Service struct {
	Handler      http.Handler    // carries the request out
	RevokeTokens func()          // ends all tokens
	Known        func() []string // everything that it knows about its sessions, including secrets
	Elsewhere    string          // where a redirect leads: an address under another host name
	Closed       <-chan struct{} // closed when the service ends, which frees what hangs
}

// Inject responds to r with the failure of f.
func (f Fault) Inject(service Service, w http.ResponseWriter, r *http.Request) {
	switch f.Kind {
	case RevokeTokens:
		service.RevokeTokens()
		service.Handler.ServeHTTP(w, r)
	case Delay:
		drain(r)
		if service.wait(r, time.Duration(f.Delay)) {
			service.Handler.ServeHTTP(w, r)
		}
	case Hang:
		drain(r)
		service.wait(r, -1)
		abort()
	case ResetBefore:
		reset(w)
	case Quote:
		f.quote(service, r).send(w)
	case Status, Redirect, RateLimit:
		drain(r)
		f.refusal(service).send(w)
	default:
		response := carryOut(service, r)
		f.corrupt(service, response, w, r)
	}
}

// refusal is the response to a request that is not carried out.
func (f Fault) refusal(service Service) *responseRecorder {
	refused := &responseRecorder{status: f.Status, header: http.Header{}}
	refused.body.WriteString(f.Body)
	switch f.Kind {
	case RateLimit:
		refused.status = http.StatusTooManyRequests
		refused.header.Set("Retry-After", "1")
	case Redirect:
		refused.header.Set("Location", service.Elsewhere)
		if refused.status == 0 {
			refused.status = http.StatusTemporaryRedirect
		}
	default: // Status is all in its own fields
	}
	if refused.status == 0 {
		refused.status = http.StatusInternalServerError
	}
	if f.Body == "" && f.Kind != Redirect {
		refused.header.Set("Content-Type", "application/json")
		refused.body.WriteString(errorBody(refused.status, "a fault that the emulator was asked to inject"))
	}
	refused.set(f.Header)
	return refused
}

// quote is a refusal that quotes the request and what the service knows. A client
// has to keep that out of its own messages.
func (f Fault) quote(service Service, r *http.Request) *responseRecorder {
	sent, _ := io.ReadAll(r.Body) // what breaks off is quoted as far as it came
	quotes := append([]string{r.Header.Get("Authorization"), string(sent)}, service.Known()...)
	quoted := &responseRecorder{status: f.Status, header: http.Header{}}
	if quoted.status == 0 {
		quoted.status = http.StatusBadRequest
	}
	quoted.replace(errorBody(quoted.status, quotes), "application/json")
	quoted.set(f.Header)
	return quoted
}

// errorBody is an error in the platform's shape, with a message or several.
func errorBody(status int, message any) string {
	body, err := json.Marshal(map[string]any{"statusCode": status, "message": message, "error": http.StatusText(status)})
	if err != nil {
		return ""
	}
	return string(body)
}

// corrupt sends what is left of the response to a request that was carried out.
func (f Fault) corrupt(service Service, rec *responseRecorder, w http.ResponseWriter, r *http.Request) {
	switch f.Kind {
	case SlowHeader:
		if service.wait(r, time.Duration(f.Delay)) {
			rec.send(w)
		}
	case SlowBody:
		rec.drip(w, func() bool { return service.wait(r, time.Duration(f.Delay)) })
	case ResetAfter:
		reset(w)
	case Truncated:
		rec.truncate(w)
	case EndlessBody:
		rec.endless(service, w, r)
	default:
		rec.rewrite(f)
		rec.send(w)
	}
}

// responseRecorder records what the service would have sent.
type responseRecorder struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func carryOut(service Service, r *http.Request) *responseRecorder {
	rec := &responseRecorder{header: http.Header{}}
	service.Handler.ServeHTTP(rec, r)
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	return rec
}

// Header implements http.ResponseWriter.
func (rec *responseRecorder) Header() http.Header { return rec.header }

// WriteHeader implements http.ResponseWriter.
func (rec *responseRecorder) WriteHeader(status int) {
	if rec.status == 0 {
		rec.status = status
	}
}

// Write implements http.ResponseWriter.
func (rec *responseRecorder) Write(p []byte) (int, error) {
	rec.WriteHeader(http.StatusOK)
	return rec.body.Write(p)
}

func (rec *responseRecorder) set(header map[string]string) {
	for name, value := range header {
		rec.header.Set(name, value)
	}
}

// rewrite puts another body in the place of a's.
func (rec *responseRecorder) rewrite(f Fault) {
	rec.header.Del("Content-Length")
	switch f.Kind {
	case Replace:
		rec.status = max(f.Status, http.StatusOK)
		rec.replace(f.Body, "application/json")
	case Empty:
		rec.replace("", "application/json")
	case NotJSON:
		rec.replace("<!doctype html><title>Gateway</title><p>All is well.</p>", "text/html; charset=utf-8")
	case WrongType:
		rec.replace(`["created"]`, "application/json")
	case WithoutID:
		rec.edit(func(object map[string]any) map[string]any {
			delete(sessionOf(object), "sessionId")
			return object
		})
	case IDOnly:
		rec.edit(func(object map[string]any) map[string]any {
			return map[string]any{"sessionContext": map[string]any{"sessionId": sessionOf(object)["sessionId"]}}
		})
	default: // the others change how it is sent, not what
	}
	rec.set(f.Header)
}

func (rec *responseRecorder) replace(body, contentType string) {
	rec.body.Reset()
	rec.body.WriteString(body)
	rec.header.Set("Content-Type", contentType)
}

// edit changes a response that is a JSON object; others, such as refusals by
// another content type, stay as they are.
func (rec *responseRecorder) edit(change func(map[string]any) map[string]any) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(rec.body.Bytes()))
	decoder.UseNumber()
	if decoder.Decode(&object) != nil {
		return
	}
	if edited, err := json.Marshal(change(object)); err == nil {
		rec.replace(string(edited), "application/json")
	}
}

// sessionOf is the object that holds the session's ID: sessionContext in the
// response to a create, the response itself to a read.
func sessionOf(object map[string]any) map[string]any {
	if context, ok := object["sessionContext"].(map[string]any); ok {
		return context
	}
	return object
}

func (rec *responseRecorder) writeHeader(w http.ResponseWriter) {
	for name, values := range rec.header {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.status)
}

func (rec *responseRecorder) send(w http.ResponseWriter) {
	rec.writeHeader(w)
	_, _ = w.Write(rec.body.Bytes())
}

// drip sends the body byte by byte, for as long as wait goes well.
func (rec *responseRecorder) drip(w http.ResponseWriter, wait func() bool) {
	rec.header.Set("Content-Length", strconv.Itoa(rec.body.Len()))
	rec.writeHeader(w)
	control := http.NewResponseController(w)
	for _, b := range rec.body.Bytes() {
		if control.Flush() != nil || !wait() {
			abort()
		}
		if _, err := w.Write([]byte{b}); err != nil {
			return
		}
	}
}

// truncate announces the whole body, sends half of it and hangs up.
func (rec *responseRecorder) truncate(w http.ResponseWriter) {
	rec.header.Set("Content-Length", strconv.Itoa(rec.body.Len()))
	rec.writeHeader(w)
	_, _ = w.Write(rec.body.Bytes()[:rec.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	abort()
}

// endless sends JSON that is valid so far and never ends, until the client or
// the service does.
func (rec *responseRecorder) endless(service Service, w http.ResponseWriter, r *http.Request) {
	rec.header.Del("Content-Length")
	rec.header.Set("Content-Type", "application/json")
	rec.writeHeader(w)
	_, _ = io.WriteString(w, `{"padding":"`)
	chunk := bytes.Repeat([]byte("a"), 32<<10)
	for {
		select {
		case <-service.Closed:
			abort()
		case <-r.Context().Done():
			return
		default:
		}
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// wait lets d pass, or forever if d is negative. It reports false if the
// client or the service ended first.
func (s Service) wait(r *http.Request, d time.Duration) bool {
	var elapsed <-chan time.Time
	if d >= 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		elapsed = timer.C
	}
	select {
	case <-elapsed:
		return true
	case <-r.Context().Done():
		return false
	case <-s.Closed:
		return false
	}
}

// drain reads the request, as a service does before it responds.
func drain(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

// abort hangs up on the client without an error in the server's log.
func abort() { panic(http.ErrAbortHandler) }

// reset ends the connection with a TCP reset rather than a close.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		abort()
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
