// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package settings finds out where the API is and how to authenticate, from a
// configuration and the IDNOW_* variables. It knows nothing of Terraform, so that
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

// topLevelDomains tells the platforms' hosts apart.
var topLevelDomains = map[string]string{"production": "io", "sandbox": "sx"}

var regionName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// Settings are what a client of the API needs.
type Settings struct {
	// Known is false while one of them is unknown. The others then tell nothing.
	Known bool

	APIURL, AuthURL string
	Credentials     client.Credentials
	MaxRetries      int
	RequestTimeout  time.Duration

	// ShowServiceMessages shows the service's own words in full.
	ShowServiceMessages bool
}

// Resolve reads and checks the settings. Each that is wrong is one fault; the
// settings are of use only where there is none.
func Resolve(source Source) (Settings, []Fault) {
	r := &resolver{source: source, Settings: Settings{Known: true}}
	r.limits()
	r.ShowServiceMessages = r.flag("show_service_messages")
	way := r.authentication()
	r.hosts(way)
	return r.Settings, r.faults
}

// Config is the client's configuration.
func (s Settings) Config(userAgent string) client.Config {
	return client.Config{
		APIURL:         s.APIURL,
		AuthURL:        s.AuthURL,
		Credentials:    s.Credentials,
		UserAgent:      userAgent,
		RequestTimeout: s.RequestTimeout,
		MaxRetries:     s.MaxRetries,
	}
}

// resolver collects settings and faults.
type resolver struct {
	Settings

	source Source
	faults []Fault
}

func (r *resolver) fault(f Fault) { r.faults = append(r.faults, f) }

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
	if s.State == Given && err != nil {
		r.fault(s.Invalid("must be true or false"))
	}
	return on
}

func (r *resolver) limits() {
	r.MaxRetries, r.RequestTimeout = DefaultMaxRetries, DefaultRequestTimeout
	if retries := r.lookup("max_retries"); retries.State == Given {
		n, err := strconv.Atoi(retries.Text)
		if err != nil || n < 0 || n > MaxMaxRetries {
			r.fault(retries.Invalid(fmt.Sprintf("must be a whole number from 0 to %d", MaxMaxRetries)))
		}
		r.MaxRetries = n
	}
	if timeout := r.lookup("request_timeout"); timeout.State == Given {
		d, err := time.ParseDuration(timeout.Text)
		if err != nil || d <= 0 {
			r.fault(timeout.Invalid(`must be a duration above zero, such as "30s" or "2m"`))
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
	if api.State == Given && token.State == Absent && way == byClient {
		r.fault(Fault{
			Argument: "auth_url", Summary: "Missing auth_url",
			Detail: "Client credentials are used and " + api.Name + " replaces the API's address, so the token service's address must be given too: " +
				"set " + token.Name + ".",
		})
	}
}

func (r *resolver) domain() string {
	platform, region := DefaultPlatform, DefaultRegion
	if s := r.lookup("platform"); s.State == Given {
		platform = s.Text
		if !slices.Contains(Platforms, platform) {
			r.fault(s.Invalid(`must be one of "` + strings.Join(Platforms, `", "`) + `"; a logical environment such as "staging" is set by ` +
				r.source.Name("environment")))
		}
	}
	if s := r.lookup("region"); s.State == Given {
		region = s.Text
		if !regionName.MatchString(region) {
			r.fault(s.Invalid(`must be a part of a host name, such as "eu"`))
		}
	}
	return region + ".platform.idnow." + topLevelDomains[platform]
}

func (r *resolver) address(s Setting, otherwise string) string {
	if s.State != Given {
		return otherwise
	}
	if err := client.CheckURL(s.Text); err != nil {
		r.fault(s.Invalid("can't be used: " + err.Error()))
	}
	return s.Text
}
