// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"

	"github.com/idnow/terraform-provider-idnow/internal/client"
)

// maxRetries is how often a read is repeated: as often as the provider does
// where nothing else is set.
const maxRetries = 4

var (
	topLevelDomains = map[string]string{"production": "io", "sandbox": "sx"}
	regionName      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
)

// clientConfig reads the provider's variables, as far as a read of one document
// needs them. The provider's own reading of them merges arguments and speaks in
// Terraform's diagnostics, so it does not serve a command.
func clientConfig(getenv func(string) string) (client.Config, error) {
	platform := cmp.Or(getenv("IDNOW_PLATFORM"), "production")
	region := cmp.Or(getenv("IDNOW_REGION"), "eu")
	switch {
	case topLevelDomains[platform] == "":
		return client.Config{}, errors.New(`IDNOW_PLATFORM must be "production" or "sandbox"`)
	case !regionName.MatchString(region):
		return client.Config{}, errors.New(`IDNOW_REGION must be a part of a host name, such as "eu"`)
	}
	domain := region + ".platform.idnow." + topLevelDomains[platform]
	config := client.Config{
		APIURL:     cmp.Or(getenv("IDNOW_API_URL"), "https://api."+domain),
		AuthURL:    cmp.Or(getenv("IDNOW_AUTH_URL"), "https://auth."+domain),
		UserAgent:  "idnow-module",
		MaxRetries: maxRetries,
	}
	if err := client.CheckURL(config.APIURL); err != nil {
		return client.Config{}, fmt.Errorf("IDNOW_API_URL can't be used: %w", err)
	}
	if err := client.CheckURL(config.AuthURL); err != nil {
		return client.Config{}, fmt.Errorf("IDNOW_AUTH_URL can't be used: %w", err)
	}
	var err error
	config.Credentials, err = credentials(getenv)
	return config, err
}

// credentials reads the one way to authenticate. A client's secret goes to a
// token service that was named, or that belongs to the API's own platform.
func credentials(getenv func(string) string) (client.Credentials, error) {
	key, id, secret := getenv("IDNOW_API_KEY"), getenv("IDNOW_CLIENT_ID"), getenv("IDNOW_CLIENT_SECRET")
	switch {
	case key != "" && (id != "" || secret != ""):
		return nil, errors.New("both IDNOW_API_KEY and IDNOW_CLIENT_ID or IDNOW_CLIENT_SECRET are set: unset one of the two ways to authenticate")
	case key != "":
		return client.APIKey(key), nil
	case id == "" && secret == "":
		return nil, errors.New("no credentials: set IDNOW_API_KEY, or IDNOW_CLIENT_ID and IDNOW_CLIENT_SECRET, or read a document from disk by -openapi")
	case id == "":
		return nil, errors.New("IDNOW_CLIENT_SECRET is set without IDNOW_CLIENT_ID")
	case secret == "":
		return nil, errors.New("IDNOW_CLIENT_ID is set without IDNOW_CLIENT_SECRET")
	case getenv("IDNOW_API_URL") != "" && getenv("IDNOW_AUTH_URL") == "":
		return nil, errors.New("IDNOW_API_URL replaces the API's address: set IDNOW_AUTH_URL to the token service's address too")
	}
	return client.ClientCredentials{ID: id, Secret: secret}, nil
}
