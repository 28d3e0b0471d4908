// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

const (
	pageSize = 100 // the most that the API gives

	// maxPages ends a list that a broken service never ends. 100 000 entries
	// are more than an account has and still fit into memory.
	maxPages = 1000

	maxPage = 32 << 20 // of an older revision, which returns everything at once
)

// eachEntry calls visit for every entry of the list at path, page after page,
// until visit returns false. An entry that shifts onto a second page because
// the list grew meanwhile is visited once. Without a query, no page is asked for
// until a response says that there are more: not every list is documented to
// take parameters.
func (c *Client) eachEntry(ctx context.Context, path string, query url.Values, visit func(id string, entry object) bool, idOf func(object) string) error {
	seen := map[string]bool{}
	var received int64
	for number := 1; number <= maxPages; number++ {
		raw, err := c.read(ctx, path, pageQuery(query, number), maxPage)
		if err != nil {
			return err
		}
		entries, page, ok := pageContent(raw)
		if !ok {
			return listError(path, "the response is not a list in JSON")
		}
		fresh := 0
		for _, entry := range entries {
			id := idOf(entry)
			if id != "" && seen[id] {
				continue
			}
			seen[id] = true
			fresh++
			if !visit(id, entry) {
				return nil
			}
		}
		received += int64(len(entries))
		left, told := pagesLeft(page, int64(number), received)
		switch {
		case len(page) == 0, len(entries) == 0, told && !left:
			return nil
		case fresh == 0 && told:
			return listError(path, fmt.Sprintf("page %d repeats the pages before it", number))
		case fresh == 0: // nobody said that there is more
			return nil
		}
	}
	return listError(path, fmt.Sprintf("the list has more than %d pages", maxPages))
}

func pageQuery(query url.Values, number int) url.Values {
	asked := url.Values{"page": {strconv.Itoa(number)}}
	switch {
	case query != nil:
		maps.Copy(asked, query)
		asked.Set("size", strconv.Itoa(pageSize))
	case number == 1:
		return nil
	}
	return asked
}

func listError(path, why string) error {
	return &AnswerError{StatusCode: http.StatusOK, Method: http.MethodGet, Path: path, Reason: why}
}
