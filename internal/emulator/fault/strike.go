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

// Service is what a fault strikes.
type Service struct {
	Handler      http.Handler    // carries the request out
	RevokeTokens func()          // ends all tokens
	Known        func() []string // all that it knows of its sessions, secrets too
	Elsewhere    string          // where a redirect leads: an address under another host name
	Closed       <-chan struct{} // closed when the service ends, which frees what hangs
}

// Strike answers r as f says.
func (f Fault) Strike(service Service, w http.ResponseWriter, r *http.Request) {
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
		answer := carryOut(service, r)
		f.spoil(service, answer, w, r)
	}
}

// refusal is the answer in place of one that would have been carried out.
func (f Fault) refusal(service Service) *answer {
	refused := &answer{status: f.Status, header: http.Header{}}
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
		refused.body.WriteString(errorBody(refused.status, "a fault of the emulator, as asked for"))
	}
	refused.set(f.Header)
	return refused
}

// quote is a refusal that tells what came with the request and what the service
// knows. A client has to keep that out of its own messages.
func (f Fault) quote(service Service, r *http.Request) *answer {
	sent, _ := io.ReadAll(r.Body) // what breaks off is quoted as far as it came
	said := append([]string{r.Header.Get("Authorization"), string(sent)}, service.Known()...)
	quoted := &answer{status: f.Status, header: http.Header{}}
	if quoted.status == 0 {
		quoted.status = http.StatusBadRequest
	}
	quoted.replace(errorBody(quoted.status, said), "application/json")
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

// spoil sends what is left of an answer whose request was carried out.
func (f Fault) spoil(service Service, a *answer, w http.ResponseWriter, r *http.Request) {
	switch f.Kind {
	case SlowHeader:
		if service.wait(r, time.Duration(f.Delay)) {
			a.send(w)
		}
	case SlowBody:
		a.drip(w, func() bool { return service.wait(r, time.Duration(f.Delay)) })
	case ResetAfter:
		reset(w)
	case Truncated:
		a.truncate(w)
	case EndlessBody:
		a.endless(service, w, r)
	default:
		a.rewrite(f)
		a.send(w)
	}
}

// answer is what the service would have sent.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func carryOut(service Service, r *http.Request) *answer {
	a := &answer{header: http.Header{}}
	service.Handler.ServeHTTP(a, r)
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *answer) set(header map[string]string) {
	for name, value := range header {
		a.header.Set(name, value)
	}
}

// rewrite puts another body in the place of a's.
func (a *answer) rewrite(f Fault) {
	a.header.Del("Content-Length")
	switch f.Kind {
	case Replace:
		a.status = max(f.Status, http.StatusOK)
		a.replace(f.Body, "application/json")
	case Empty:
		a.replace("", "application/json")
	case NotJSON:
		a.replace("<!doctype html><title>Gateway</title><p>All is well.</p>", "text/html; charset=utf-8")
	case WrongType:
		a.replace(`["created"]`, "application/json")
	case WithoutID:
		a.edit(func(object map[string]any) map[string]any {
			delete(sessionOf(object), "sessionId")
			return object
		})
	case IDOnly:
		a.edit(func(object map[string]any) map[string]any {
			return map[string]any{"sessionContext": map[string]any{"sessionId": sessionOf(object)["sessionId"]}}
		})
	default: // the others change how it is sent, not what
	}
	a.set(f.Header)
}

func (a *answer) replace(body, contentType string) {
	a.body.Reset()
	a.body.WriteString(body)
	a.header.Set("Content-Type", contentType)
}

// edit changes an answer that is a JSON object; others, such as refusals by
// another content type, stay as they are.
func (a *answer) edit(change func(map[string]any) map[string]any) {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(a.body.Bytes()))
	decoder.UseNumber()
	if decoder.Decode(&object) != nil {
		return
	}
	if edited, err := json.Marshal(change(object)); err == nil {
		a.replace(string(edited), "application/json")
	}
}

// sessionOf is the object that holds the session's ID: sessionContext in the
// answer to a create, the answer itself in that to a read.
func sessionOf(object map[string]any) map[string]any {
	if context, ok := object["sessionContext"].(map[string]any); ok {
		return context
	}
	return object
}

func (a *answer) writeHeader(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
}

func (a *answer) send(w http.ResponseWriter) {
	a.writeHeader(w)
	_, _ = w.Write(a.body.Bytes())
}

// drip sends the body byte by byte, for as long as wait goes well.
func (a *answer) drip(w http.ResponseWriter, wait func() bool) {
	a.header.Set("Content-Length", strconv.Itoa(a.body.Len()))
	a.writeHeader(w)
	control := http.NewResponseController(w)
	for _, b := range a.body.Bytes() {
		if control.Flush() != nil || !wait() {
			abort()
		}
		if _, err := w.Write([]byte{b}); err != nil {
			return
		}
	}
}

// truncate announces the whole body, sends half of it and hangs up.
func (a *answer) truncate(w http.ResponseWriter) {
	a.header.Set("Content-Length", strconv.Itoa(a.body.Len()))
	a.writeHeader(w)
	_, _ = w.Write(a.body.Bytes()[:a.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	abort()
}

// endless sends JSON that is valid so far and never ends, until the client or
// the service does.
func (a *answer) endless(service Service, w http.ResponseWriter, r *http.Request) {
	a.header.Del("Content-Length")
	a.header.Set("Content-Type", "application/json")
	a.writeHeader(w)
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

// wait lets d pass, or for ever if d is negative. It reports false if the
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

// drain reads the request, as a service does before it answers.
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
