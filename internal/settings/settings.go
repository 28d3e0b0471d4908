// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package settings finds out where the API is and how to authenticate, from a
// configuration and the IDNOW_* variables. It does not depend on Terraform, so that
// the provider and the commands beside it read the same variables by the same
// rules.
package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// The defaults, and the bounds.
const (
	DefaultPlatform       = "production"
	DefaultRegion         = "eu"
	DefaultMaxRetries     = 4
	DefaultRequestTimeout = 60 * time.Second

	MaxMaxRetries = 100
)

// Platforms are the physical platforms.
var Platforms = []string{DefaultPlatform, "sandbox"}

// topLevelDomains distinguish the platforms' hosts.
var topLevelDomains = map[string]string{"production": "io", "sandbox": "sx"}

// ownPath is the beginning of a call's path, copied from the API's documentation
// together with the address. Every call would end in 404 Not Found.
var ownPath = regexp.MustCompile(`/(api/v1|oidc(/token)?)/?$`)

var regionName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// Settings are what a client of the API needs.
type Settings struct {
	// Known is false while one of them is unknown. The others are then meaningless.
	Known bool

	APIURL, AuthURL string
	Credentials     client.Credentials
	MaxRetries      int
	RequestTimeout  time.Duration

	// AllowInsecureHTTP accepts plain http for hosts that are not loopback.
	AllowInsecureHTTP bool

	// ShowServiceMessages shows the service's own words in full.
	ShowServiceMessages bool
}

// Resolve reads and checks the settings. Each that is wrong is one problem; the
// settings are of use only where there is none.
func Resolve(source Source) (Settings, []Problem) {
	r := &resolver{source: source, Settings: Settings{Known: true}}
	r.limits()
	r.ShowServiceMessages = r.flag("show_service_messages")
	r.AllowInsecureHTTP = r.flag("allow_insecure_http")
	way := r.resolveCredentials()
	r.hosts(way)
	return r.Settings, r.problems
}

// Config is the client's configuration.
func (s Settings) Config(userAgent string) client.Config {
	return client.Config{
		APIURL:            s.APIURL,
		AuthURL:           s.AuthURL,
		Credentials:       s.Credentials,
		AllowInsecureHTTP: s.AllowInsecureHTTP,
		UserAgent:         userAgent,
		RequestTimeout:    s.RequestTimeout,
		MaxRetries:        s.MaxRetries,
	}
}

// resolver collects settings and problems.
type resolver struct {
	Settings

	source   Source
	problems []Problem
}

func (r *resolver) problem(f Problem) { r.problems = append(r.problems, f) }

// lookup finds a setting, without which nothing is known.
func (r *resolver) lookup(argument string) Setting {
	s := r.source.Lookup(argument)
	r.Known = r.Known && s.State != Unknown
	return s
}

// flag finds a setting that is true or false, false where it is not set or not
// known yet.
func (r *resolver) flag(argument string) bool {
	s := r.source.Lookup(argument)
	on, err := strconv.ParseBool(s.Text)
	if s.State == Set && err != nil {
		r.problem(s.Invalid("must be true or false"))
	}
	return on
}

func (r *resolver) limits() {
	r.MaxRetries, r.RequestTimeout = DefaultMaxRetries, DefaultRequestTimeout
	if retries := r.lookup("max_retries"); retries.State == Set {
		n, err := strconv.Atoi(retries.Text)
		if err != nil || n < 0 || n > MaxMaxRetries {
			r.problem(retries.Invalid(fmt.Sprintf("must be a whole number from 0 to %d", MaxMaxRetries)))
		}
		r.MaxRetries = n
	}
	if timeout := r.lookup("request_timeout"); timeout.State == Set {
		d, err := time.ParseDuration(timeout.Text)
		if err != nil || d <= 0 {
			r.problem(timeout.Invalid(`must be a duration greater than zero, such as "30s" or "2m"`))
		}
		r.RequestTimeout = d
	}
}

// hosts finds the two addresses. A secret is sent to a token service only if the
// person named that service or it belongs to the API's platform.
func (r *resolver) hosts(way method) {
	domain := r.domain()
	api, token := r.lookup("api_url"), r.lookup("auth_url")
	r.APIURL = r.address(api, "https://api."+domain)
	r.AuthURL = r.address(token, "https://auth."+domain)
	if api.State == Set && token.State == Omitted && way == byClient {
		r.problem(Problem{
			Argument: "auth_url", Summary: "Missing auth_url",
			Detail: api.Name + " replaces the address of the API, and client credentials are configured. They are sent only to a token service " +
				"that you name: set " + token.Name + ".",
		})
	}
}

func (r *resolver) domain() string {
	platform, region := DefaultPlatform, DefaultRegion
	if s := r.lookup("platform"); s.State == Set {
		platform = s.Text
		if !slices.Contains(Platforms, platform) {
			r.problem(s.Invalid(`must be one of "` + strings.Join(Platforms, `", "`) + `"; for a logical environment such as "staging" set ` +
				r.source.Name("environment")))
		}
	}
	if s := r.lookup("region"); s.State == Set {
		region = s.Text
		if !regionName.MatchString(region) {
			r.problem(s.Invalid(`must be a part of a host name, such as "eu"`))
		}
	}
	return region + ".platform.idnow." + topLevelDomains[platform]
}

// address checks an address, as far as it can't turn out to be right once it is
// known whether plain http is allowed.
func (r *resolver) address(s Setting, otherwise string) string {
	if s.State != Set {
		return otherwise
	}
	if err := client.CheckURL(s.Text, r.AllowInsecureHTTP || r.lookup("allow_insecure_http").State == Unknown); err != nil {
		r.problem(s.Invalid("is not usable: " + err.Error()))
	} else if call := ownPath.FindString(s.Text); call != "" {
		r.problem(s.Invalid("must not end in " + strings.TrimSuffix(call, "/") + ", which the provider adds to the address itself"))
	}
	return s.Text
}
