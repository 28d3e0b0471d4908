// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// placeholder replaces a secret wherever one would be printed.
const placeholder = "(redacted)"

// Credentials is an APIKey or ClientCredentials. Both print as a placeholder.
type Credentials interface {
	fmt.Formatter
	check() error
}

// APIKey is a ready bearer token.
type APIKey string

// ClientCredentials are exchanged for tokens by the OAuth 2.0 client
// credentials grant (RFC 6749, section 4.4).
type ClientCredentials struct {
	ID     string
	Secret string
}

// Format implements [fmt.Formatter].
func (APIKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, placeholder) }

// Format implements [fmt.Formatter].
func (ClientCredentials) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, placeholder) }

func (k APIKey) check() error {
	switch {
	case k == "":
		return errors.New("the API key is empty")
	case strings.ContainsFunc(string(k), unicode.IsControl):
		return errors.New("the API key contains a control character, such as a line break at its end")
	}
	return nil
}

func (c ClientCredentials) check() error {
	switch {
	case c.ID == "":
		return errors.New("the client ID is empty")
	case c.Secret == "":
		return errors.New("the client secret is empty")
	}
	return nil
}

// RedactCredentials replaces the client's credentials and tokens in text, as they
// are and as URLs and forms escape them.
func (c *Client) RedactCredentials(text string) string {
	const shortest = 4 // anything shorter is no secret and occurs in every sentence
	c.tokens.mu.Lock()
	secrets := slices.Clone(c.tokens.secrets)
	c.tokens.mu.Unlock()
	for _, secret := range secrets {
		if len(secret) < shortest {
			continue
		}
		for _, written := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, written, placeholder)
		}
	}
	return text
}
