// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

const (
	keyBits     = 2048
	maxKeys     = 5 // in the key set; the oldest goes first
	headerType  = "JWT"
	keyUse      = "sig"
	keyIDLength = 12
)

// Keys sign webhooks. The last key signs; those before it stay in the key set,
// so that what they signed can still be verified. Keys are made when they are
// first needed.
type Keys struct {
	mu   sync.Mutex
	keys []jose.JSONWebKey // oldest first
}

// Set is the JSON Web Key Set (RFC 7517) of the public keys.
func (k *Keys) Set() (jose.JSONWebKeySet, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.ensure(); err != nil {
		return jose.JSONWebKeySet{}, err
	}
	set := jose.JSONWebKeySet{}
	for _, key := range k.keys {
		set.Keys = append(set.Keys, key.Public())
	}
	return set, nil
}

// Rotate makes a new key, which signs from now on.
func (k *Keys) Rotate() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.ensure(); err != nil {
		return err
	}
	return k.add()
}

// Retire removes all keys except the signing one from the key set.
func (k *Keys) Retire() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys = k.keys[max(0, len(k.keys)-1):]
}

func (k *Keys) ensure() error {
	if len(k.keys) > 0 {
		return nil
	}
	return k.add()
}

func (k *Keys) add() error {
	key, err := newKey()
	if err != nil {
		return err
	}
	k.keys = append(k.keys, key)
	k.keys = k.keys[max(0, len(k.keys)-maxKeys):]
	return nil
}

func newKey() (jose.JSONWebKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	return jose.JSONWebKey{Key: private, KeyID: rand.Text()[:keyIDLength], Algorithm: algorithm, Use: keyUse}, nil
}

// Sign makes a compact JWT (RFC 7519) of claims, with the signing key.
func (k *Keys) Sign(claims Claims) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.ensure(); err != nil {
		return "", err
	}
	return sign(k.keys[len(k.keys)-1], claims)
}

// forge is Sign with a key that no key set has, under the ID of the one that
// should have signed.
func (k *Keys) forge(claims Claims) (string, error) {
	set, err := k.Set()
	if err != nil {
		return "", err
	}
	foreign, err := newKey()
	if err != nil {
		return "", err
	}
	foreign.KeyID = set.Keys[len(set.Keys)-1].KeyID
	return sign(foreign, claims)
}

func sign(key jose.JSONWebKey, claims Claims) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithType(headerType))
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}
