// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/token"
)

// downloadLifetime is how long the address of a download is good.
const downloadLifetime = time.Hour

// presignFile is GET /api/v1/{environment}/files/{vaultEntryId}: a redirect to
// a presigned address, under another host name
// where the emulator has one.
func (e *Emulator) presignFile(x *exchange) {
	kept, ok := e.store.File(x.id)
	if !ok || kept.Environment != x.environment {
		x.fail(http.StatusNotFound, "the file does not exist in this environment")
		return
	}
	expires := strconv.FormatInt(e.clock.Now().Add(downloadLifetime).Unix(), 10)
	query := url.Values{"expires": {expires}, "signature": {e.sign(x.id, expires)}}
	x.w.Header().Set("Location", e.hosts.other(x.r)+"/download/"+url.PathEscape(x.id)+"?"+query.Encode())
	x.w.WriteHeader(http.StatusFound)
}

func (e *Emulator) sign(id, expires string) string {
	mac := hmac.New(sha256.New, e.signing)
	_, _ = mac.Write([]byte(id + "\n" + expires))
	return hex.EncodeToString(mac.Sum(nil))
}

// download serves a file under a presigned address. As with the object stores
// behind such addresses, a second way of authentication is an error: it catches
// clients that carry their bearer token to another host. By the public URL it is
// the same host, where clients that follow redirects may.
func (e *Emulator) download(x *exchange) {
	query := x.r.URL.Query()
	expires, err := strconv.ParseInt(query.Get("expires"), 10, 64)
	kept, found := e.store.File(x.id)
	switch {
	case x.r.Header.Get("Authorization") != "" && !e.hosts.isPublic(x.r):
		x.fail(http.StatusBadRequest, "a presigned address takes no Authorization header")
	case err != nil || !token.Same(query.Get("signature"), e.sign(x.id, query.Get("expires"))):
		x.fail(http.StatusForbidden, "the signature does not fit the address")
	case e.clock.Now().Unix() >= expires:
		x.fail(http.StatusForbidden, "the address has expired")
	case !found:
		x.fail(http.StatusNotFound, "the file does not exist")
	case kept.Content == nil && kept.Size > 0:
		x.fail(http.StatusGone, "the emulator keeps the content of files up to 1 MiB only")
	default:
		x.w.Header().Set("Content-Type", cmp.Or(kept.ContentType, "application/octet-stream"))
		x.w.Header().Set("Content-Length", strconv.Itoa(len(kept.Content)))
		if disposition := mime.FormatMediaType("attachment", map[string]string{"filename": kept.Filename}); kept.Filename != "" {
			x.w.Header().Set("Content-Disposition", disposition)
		}
		x.w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = x.w.Write(kept.Content)
	}
}
