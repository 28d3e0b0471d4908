// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package settings

import (
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// method is a way to authenticate.
type method int

const (
	byNothing method = iota
	byKey
	byClient
)

// credentials are the settings of both ways.
type credentials struct{ key, id, secret Setting }

func (s Source) credentials() credentials {
	return credentials{key: s.Lookup("api_key"), id: s.Lookup("client_id"), secret: s.Lookup("client_secret")}
}

// choose tells which way c's settings mean, and whether they mean both.
func (c credentials) choose() (way method, doubled bool) {
	key := c.key.State != Absent
	pair := c.id.State != Absent || c.secret.State != Absent
	switch {
	case key && pair:
		return byNothing, true
	case key:
		return byKey, false
	case pair:
		return byClient, false
	}
	return byNothing, false
}

// authentication finds the one way to authenticate. What configuration sets
// chooses the way, and variables of the other way are then irrelevant: a runner
// with leftover variables must not break an explicit configuration. Within the
// chosen way a variable may still fill in, so that a client_id in the
// configuration goes with a secret from the environment.
func (r *resolver) authentication() method {
	configured := r.source
	configured.Getenv = func(string) string { return "" }
	merged := r.source.credentials()
	way, doubled := configured.credentials().choose()
	if way == byNothing && !doubled {
		way, doubled = merged.choose()
	}
	switch {
	case doubled:
		r.fault(Fault{
			Summary: "Two ways to authenticate",
			Detail:  "Both a ready token and client credentials are given; exactly one of them may be. " + merged.how(),
		})
	case way == byNothing:
		r.fault(Fault{Summary: "Missing credentials", Detail: "No way to authenticate is given. " + merged.how()})
	case way == byKey:
		r.Known = r.Known && merged.key.State != Unknown
		r.Credentials = client.APIKey(merged.key.Text)
		r.checkToken(merged.key)
	default:
		r.Known = r.Known && merged.id.State != Unknown && merged.secret.State != Unknown
		r.Credentials = client.ClientCredentials{ID: merged.id.Text, Secret: merged.secret.Text}
		r.checkPair(merged.id, merged.secret)
		r.checkPair(merged.secret, merged.id)
	}
	return way
}

func (c credentials) how() string {
	return "Set " + c.key.Name + " to a ready token, or " + c.id.Name + " and " + c.secret.Name + " to the API client's credentials."
}

// checkPair checks one half of a client's credentials.
func (r *resolver) checkPair(s, other Setting) {
	switch {
	case s.State == Absent:
		r.fault(Fault{
			Argument: s.Argument, Summary: "Missing " + s.Argument,
			Detail: other.Name + " is given without its other half. Set " + s.Name + " too.",
		})
	case s.State == Given && s.Text == "":
		r.fault(s.Invalid("is empty"))
	}
}

// checkToken refuses what can't be a bearer token: most often a line end that
// came along from a file.
func (r *resolver) checkToken(s Setting) {
	switch {
	case s.State != Given:
	case s.Text == "":
		r.fault(s.Invalid("is empty"))
	case strings.IndexFunc(s.Text, func(c rune) bool { return c <= ' ' || c > '~' }) >= 0:
		r.fault(s.Invalid("has a space, a line end or another character that no token has; " +
			"if it was read from a file, trim it with chomp()"))
	}
}
