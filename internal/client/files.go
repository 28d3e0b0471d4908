// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
)

// maxFile bounds a file, which a caller may copy to a disk.
const maxFile = 1 << 30

// File is a file of a session while it is downloaded.
type File struct {
	ContentType string        // as the storage returns it; may be empty
	Length      int64         // -1 if the storage does not return it
	Filename    string        // as the storage returns it, which may be anything; may be empty
	Content     io.ReadCloser // to be closed by the caller
}

// File opens a file of a data block, by the $id of its reference. The service
// responds with a presigned address on another host. That address is a secret: it
// allows everybody to download the file, and is part of no error and no log. The bearer
// token is not sent there. An expired address is fetched again, once. The Party of a
// download's error is FileStorage.
// API: GET /api/v1/{environment}/files/{vaultEntryId}.
func (c *Client) File(ctx context.Context, environment, vaultEntryID string) (*File, error) {
	path, err := apiPath(filePath, environment, vaultEntryID)
	if err != nil {
		return nil, err
	}
	file, err := c.openFile(ctx, path)
	// For an address that has expired, Amazon S3 and Azure respond with 403, Google Cloud
	// Storage with 400.
	var e *Error
	if errors.As(err, &e) && e.Party == FileStorage && (e.StatusCode == http.StatusForbidden || e.StatusCode == http.StatusBadRequest) {
		return c.openFile(ctx, path)
	}
	return file, err
}

// openFile fetches the address of a file, and opens the file there.
func (c *Client) openFile(ctx context.Context, path string) (*File, error) {
	req, err := newRequest(ctx, http.MethodGet, c.apiURL+path, nil, call{path: path, limit: maxErrorBody, partial: true})
	if err != nil {
		return nil, err
	}
	resp, err := c.api.RoundTrip(req) //nolint:bodyclose // bound has read and closed it
	switch {
	case err != nil:
		return nil, err
	case resp.StatusCode/100 == 2:
		return nil, newError(req, resp.StatusCode, "not with the address of the file")
	case resp.StatusCode/100 != 3:
		return nil, statusError(req, resp)
	}
	target, err := c.presigned(req.URL, resp.Header.Get("Location"))
	if err != nil {
		return nil, newError(req, resp.StatusCode, err.Error())
	}
	return c.download(ctx, path, target)
}

// presigned resolves the address of a file and checks that it keeps the file
// confidential in transit: plain http is only for files of an API that has it too.
func (c *Client) presigned(api *url.URL, location string) (string, error) {
	if location == "" {
		return "", errors.New("it does not contain the address of the file")
	}
	target, err := api.Parse(location)
	if err != nil {
		return "", errors.New("the address of the file is not a valid URL")
	}
	host := url.URL{Scheme: target.Scheme, User: target.User, Host: target.Host}
	if CheckURL(host.String(), c.insecureHTTP) != nil || target.Scheme != "https" && api.Scheme != target.Scheme {
		return "", errors.New("the address of the file is not an https URL")
	}
	target.Fragment = ""
	return target.String(), nil
}

// download gets target without a token and leaves the body to the caller.
func (c *Client) download(ctx context.Context, path, target string) (*File, error) {
	req, err := newRequest(ctx, http.MethodGet, target, nil, call{path: path + " (file storage)", party: FileStorage, stream: true, limit: maxFile})
	if err != nil {
		return nil, err
	}
	resp, err := c.other.RoundTrip(req) //nolint:bodyclose // the caller of File closes it
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		failure := statusError(req, resp)
		failure.Body = nil // storages quote the signed address
		return nil, failure
	}
	file := &File{ContentType: resp.Header.Get("Content-Type"), Length: resp.ContentLength, Content: resp.Body}
	if _, parameters, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil { // RFC 6266
		file.Filename = parameters["filename"]
	}
	return file, nil
}

// download is a response's body that is read by the caller. The request timeout
// is for each read by itself: a large file and a slow reader may take their
// time, a dead connection may not.
type download struct {
	body  io.ReadCloser
	watch *watchdog
	req   *http.Request
	left  int64
}

// Read implements [io.Reader]. Its errors quote no address.
func (d *download) Read(p []byte) (int, error) {
	d.watch.timer.Reset(d.watch.timeout)
	n, err := d.body.Read(p)
	d.watch.timer.Stop()
	d.left -= int64(n)
	switch {
	case d.left < 0:
		return 0, newError(d.req, http.StatusOK, "the file is larger than 1 GiB")
	case err != nil && !errors.Is(err, io.EOF):
		return n, connectionError(d.req, d.watch.cause(err), true)
	}
	return n, err
}

// Close implements [io.Closer].
func (d *download) Close() error {
	d.watch.stop()
	return d.body.Close()
}
