// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package settings

import (
	"slices"
	"strings"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// method is a method of authentication.
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

// undecided reports whether the method depends on an unknown value, which may be
// null after apply. Settings of both methods are wrong whatever the value is.
func (c credentials) undecided() bool {
	_, doubled := c.choose(Set)
	return !doubled && slices.ContainsFunc([]Setting{c.key, c.id, c.secret}, func(s Setting) bool { return s.State == Unknown })
}

// choose returns the method of those of c's settings that are in the state, and
// whether there are settings of both.
func (c credentials) choose(state State) (way method, doubled bool) {
	key := c.key.State == state
	pair := c.id.State == state || c.secret.State == state
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

// resolveCredentials returns the configured method; byNothing if there is none yet, or
// if its settings are not usable. The configuration selects the method, and
// variables of the other one are then irrelevant: a runner with leftover variables
// must not break an explicit configuration. Within the method a variable may still
// add a setting, so that a client_id in the configuration goes with a secret from
// the environment.
func (r *resolver) resolveCredentials() method {
	configured := r.source
	configured.Getenv = func(string) string { return "" }
	merged := r.source.credentials()
	if configured.credentials().undecided() {
		r.Known = false
		return byNothing
	}
	way, doubled := configured.credentials().choose(Set)
	if way == byNothing && !doubled {
		way, doubled = merged.choose(Set)
	}
	before := len(r.problems)
	switch {
	case doubled:
		r.problem(Problem{
			Summary: "Conflicting credentials",
			Detail:  "Both an existing token and client credentials are configured. Configure exactly one method. " + merged.how(),
		})
	case way == byNothing:
		r.problem(Problem{Summary: "No credentials configured", Detail: "The provider requires credentials to call the API. " + merged.how()})
	case way == byKey:
		r.Credentials = client.Credentials{APIKey: merged.key.Text}
		r.checkToken(merged.key)
	default:
		r.Credentials = client.Credentials{ClientID: merged.id.Text, ClientSecret: merged.secret.Text}
		r.checkPair(merged.id, merged.secret)
		r.checkPair(merged.secret, merged.id)
	}
	if len(r.problems) > before {
		return byNothing
	}
	return way
}

func (c credentials) how() string {
	return "Set " + c.key.Name + " to an existing bearer token, or " + c.id.Name + " and " + c.secret.Name + " to the API client's credentials."
}

// checkPair checks one half of a client's credentials.
func (r *resolver) checkPair(s, other Setting) {
	switch {
	case s.State == Omitted:
		r.problem(Problem{
			Argument: s.Argument, Summary: "Missing " + s.Argument,
			Detail: other.Name + " is set and " + s.Name + " is not. Client credentials need both; set " + s.Name + " too.",
		})
	case s.Text == "":
		r.problem(s.Invalid("must not be empty"))
	}
}

// checkToken refuses what can't be a bearer token: most often a whole header, or
// a line break at the end of a file.
func (r *resolver) checkToken(s Setting) {
	const scheme = "Bearer "
	switch {
	case s.Text == "":
		r.problem(s.Invalid("must not be empty"))
	case len(s.Text) > len(scheme) && strings.EqualFold(s.Text[:len(scheme)], scheme):
		r.problem(s.Invalid(`must be the token alone, without "Bearer" in front of it`))
	case strings.IndexFunc(s.Text, func(c rune) bool { return c <= ' ' || c > '~' }) >= 0:
		r.problem(s.Invalid("contains a space, a line break or another character that a token can't contain; " +
			"if it comes from a file, trim it with chomp()"))
	}
}
