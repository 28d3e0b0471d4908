// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package revision

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/idnow/terraform-provider-idnow/internal/emulator/flow"
	"github.com/idnow/terraform-provider-idnow/internal/emulator/session"
)

// Paging is what a list's query asks for.
type Paging struct{ Page, Size int }

const (
	defaultPageSize = 20
	maxPageSize     = 100
)

// ReadPaging reads page (from 1) and size (at most 100).
func ReadPaging(query url.Values) (Paging, error) {
	asked := Paging{Page: 1, Size: defaultPageSize}
	for name, target := range map[string]*int{"page": &asked.Page, "size": &asked.Size} {
		if written := query.Get(name); written != "" {
			value, err := strconv.Atoi(written)
			if err != nil || value < 1 || value > 1_000_000 {
				return asked, errors.New(name + " must be a positive number")
			}
			*target = value
		}
	}
	if asked.Size > maxPageSize {
		return asked, errors.New("size must not be greater than 100")
	}
	return asked, nil
}

// Flows is the list of an environment's flows.
func (r Revision) Flows(docs []*flow.Document, asked Paging) any {
	list := make([]any, 0, len(docs))
	for _, doc := range docs {
		one := object{"id": doc.FlowID, "name": doc.Title, "description": doc.Description, "environment": doc.Environment}
		r.set(one, "version", r.version(doc.Version))
		list = append(list, one)
	}
	return r.list(r.FlowList, list, asked)
}

// ListsSessions reports whether there is a list of a flow's sessions at all.
func (r Revision) ListsSessions() bool { return r.SessionList != "none" }

// SortsSessions reports whether that list takes sortBy and sortDesc.
func (r Revision) SortsSessions() bool { return r.SessionList == "paged" || r.SessionList == "totals" }

// Sessions is the list of a flow's sessions.
func (r Revision) Sessions(sessions []session.Session, asked Paging) any {
	list := make([]any, 0, len(sessions))
	for _, one := range sessions {
		list = append(list, r.Session(one))
	}
	return r.list(r.SessionList, list, asked)
}

// list is all entries, or the page of them that is asked for.
func (r Revision) list(form string, all []any, asked Paging) any {
	content, page := r.cut(all, asked)
	switch form {
	case "whole":
		return object{"content": all}
	case "array":
		return all
	case "totals":
		return object{
			"content": content, "number": page.Number, "size": page.Size,
			"totalElements": strconv.Itoa(page.TotalElements), "totalPages": strconv.Itoa(page.TotalPages),
		}
	}
	return object{"content": content, "page": page}
}

// pageInfo goes with every page of a list.
type pageInfo struct {
	Size          int `json:"size"`
	Number        int `json:"number"`
	TotalElements int `json:"totalElements"`
	TotalPages    int `json:"totalPages"`
}

// cut takes the page asked for out of all. A service may return fewer entries on
// a page than it is asked for.
func (r Revision) cut(all []any, asked Paging) ([]any, pageInfo) {
	if limit, err := strconv.Atoi(r.PageLimit); err == nil {
		asked.Size = min(asked.Size, limit)
	}
	from := min((asked.Page-1)*asked.Size, len(all))
	to := min(from+asked.Size, len(all))
	return append([]any{}, all[from:to]...), pageInfo{
		Size: asked.Size, Number: asked.Page, TotalElements: len(all),
		TotalPages: (len(all) + asked.Size - 1) / asked.Size,
	}
}
