// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

package ephemeral

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/apiread"
	"github.com/idnow/terraform-provider-idnow/internal/client"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*accessToken)(nil)

// NewAccessToken returns the ephemeral resource idnow_access_token.
func NewAccessToken() ephemeral.EphemeralResource { return &accessToken{} }

type accessToken struct{ source }

type accessTokenModel struct {
	Token     types.String `tfsdk:"token"`
	ExpiresAt types.String `tfsdk:"expires_at"`
}

func (e *accessToken) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_access_token"
}

func (e *accessToken) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The bearer token that the provider itself uses, for calls to the API that the provider does not make. " +
			"The resource requests no token of its own. The token is stored neither in plan nor in state.",
		Attributes: map[string]schema.Attribute{
			"token": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The token, for the header `Authorization: Bearer TOKEN`.",
			},
			"expires_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the token expires, in RFC 3339; null if the provider does not know it, for example with `api_key`.",
			},
		},
	}
}

func (e *accessToken) Open(ctx context.Context, _ ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	if !e.data.RequireClient(&resp.Diagnostics) {
		return
	}
	ctx, cancel := apiread.Within(ctx)
	defer cancel()
	token, err := e.data.Client.Token(ctx)
	if err != nil {
		resp.Diagnostics.AddError(apiread.Error(e.data, err, "get an access token"))
		return
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, newAccessToken(token))...)
}

func newAccessToken(token *client.Token) accessTokenModel {
	model := accessTokenModel{Token: types.StringValue(token.AccessToken), ExpiresAt: types.StringNull()}
	if !token.ExpiresAt.IsZero() {
		model.ExpiresAt = types.StringValue(token.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return model
}
