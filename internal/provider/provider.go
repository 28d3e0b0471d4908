// Copyright (c) The terraform-provider-idnow Authors
// SPDX-License-Identifier: MPL-2.0

// Package provider is the provider block: its schema, the settings that come
// from configuration and environment variables, and the list of everything
// that the provider offers.
package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/actions"
	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/configured"
	"github.com/idnow/terraform-provider-idnow/internal/datasources"
	ephemeralresources "github.com/idnow/terraform-provider-idnow/internal/ephemeral"
	"github.com/idnow/terraform-provider-idnow/internal/functions"
	"github.com/idnow/terraform-provider-idnow/internal/resources"
	"github.com/idnow/terraform-provider-idnow/internal/servicetext"
	"github.com/idnow/terraform-provider-idnow/internal/settings"
)

var (
	_ provider.ProviderWithValidateConfig     = (*idnowProvider)(nil)
	_ provider.ProviderWithFunctions          = (*idnowProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*idnowProvider)(nil)
	_ provider.ProviderWithListResources      = (*idnowProvider)(nil)
	_ provider.ProviderWithActions            = (*idnowProvider)(nil)
)

// Option changes how the provider runs; for tests.
type Option func(*idnowProvider)

// WithClock replaces the clock by which sessions expire.
func WithClock(now func() time.Time) Option {
	return func(p *idnowProvider) { p.now = now }
}

// WithSleep replaces the wait between two polls.
func WithSleep(sleep func(ctx context.Context, d time.Duration) error) Option {
	return func(p *idnowProvider) { p.sleep = sleep }
}

// New returns a factory of the provider as providerserver wants it.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &idnowProvider{version: version, now: time.Now, sleep: configured.Sleep}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

type idnowProvider struct {
	version string
	now     func() time.Time
	sleep   func(ctx context.Context, d time.Duration) error
}

type providerModel struct {
	Platform            types.String `tfsdk:"platform"`
	Region              types.String `tfsdk:"region"`
	APIURL              types.String `tfsdk:"api_url"`
	AuthURL             types.String `tfsdk:"auth_url"`
	APIKey              types.String `tfsdk:"api_key"`
	ClientID            types.String `tfsdk:"client_id"`
	ClientSecret        types.String `tfsdk:"client_secret"`
	Environment         types.String `tfsdk:"environment"`
	AllowedEnvironments types.Set    `tfsdk:"allowed_environments"`
	InputValidation     types.String `tfsdk:"input_validation"`
	AllowInsecureHTTP   types.Bool   `tfsdk:"allow_insecure_http"`
	ShowServiceMessages types.Bool   `tfsdk:"show_service_messages"`
	MaxRetries          types.Number `tfsdk:"max_retries"`
	RequestTimeout      types.String `tfsdk:"request_timeout"`
}

func (p *idnowProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "idnow"
	resp.Version = p.version
}

func (p *idnowProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Creates identity verification sessions on the IDnow Trust Platform and reads flows.",
		Attributes: map[string]schema.Attribute{
			"platform": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The physical platform, which selects the hosts: " + oneOf(settings.Platforms) + ". Default `" + settings.DefaultPlatform + "`. " +
					"This is not the logical `environment`. Variable `IDNOW_PLATFORM`.",
			},
			"region": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The region in the host names, such as `eu` in `api.eu.platform.idnow.io`. Default `" + settings.DefaultRegion + "`. " +
					"Variable `IDNOW_REGION`.",
			},
			"api_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The address of the API, instead of the one that `platform` and `region` select, for a proxy or the emulator. " +
					"`https`, or `http` for loopback addresses; see `allow_insecure_http`. Variable `IDNOW_API_URL`.",
			},
			"auth_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The address of the token service. Required if `api_url` is set and client credentials are used, so that the secret " +
					"is sent only to a host that you name. `https`, or `http` for loopback addresses; see `allow_insecure_http`. Variable `IDNOW_AUTH_URL`.",
			},
			"api_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "An existing bearer token. Configure exactly one method: this, or `client_id` with `client_secret`. " +
					"Variable `IDNOW_API_KEY`.",
			},
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The OAuth 2.0 client ID of an API client. Requires `client_secret`. Variable `IDNOW_CLIENT_ID`.",
			},
			"client_secret": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The OAuth 2.0 client secret. The provider requests one token in each phase of a run, for example in the plan and in the apply, and renews it before it expires. " +
					"Variable `IDNOW_CLIENT_SECRET`.",
			},
			"environment": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The logical environment, such as `staging` or `live`, for every resource and data source that does not set its own. " +
					"Variable `IDNOW_ENVIRONMENT`.",
			},
			"allowed_environments": schema.SetAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "If set, any other environment is an error at plan, before any request. For example, `[\"staging\"]` prevents a pipeline " +
					"from creating billable `live` sessions.",
				Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"input_validation": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How to validate `input` against the flow's own document: `strict` (default) reports problems as errors at plan, " +
					"`warn` as warnings, and `off` leaves validation to the service. `required` is `strict`, and input that could not be validated, " +
					"for example because the document can't be fetched, is an error too. Variable `IDNOW_INPUT_VALIDATION`.",
			},
			"allow_insecure_http": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether `api_url` and `auth_url` may be plain `http` on hosts that are not loopback, for example an emulator in a container " +
					"network. Default `false`, because `http` exposes the token and personal data on the network. The platform's own hosts always require `https`, and `http` requests use no proxy. " +
					"Variable `IDNOW_ALLOW_INSECURE_HTTP`.",
			},
			"show_service_messages": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether errors quote the service's own messages in full, except for tokens. Default `false`: an error then " +
					"lists the fields and rules of the flow's document and the API's contract that a message mentions, and withholds the " +
					"rest. The service's messages may quote the request, so `true` can put personal data, for example names, birth dates and " +
					"document numbers, on the terminal and into the logs of a pipeline. Variable `IDNOW_SHOW_SERVICE_MESSAGES`.",
			},
			"max_retries": schema.NumberAttribute{ // a fraction gets our own error
				Optional: true,
				MarkdownDescription: "Maximum number of retries of a request after a transient failure. Default 4; 0 disables retries. " +
					"Waiting for the service's rate limit does not count while other requests succeed. " +
					"A create is retried only if the service cannot have carried it out, so no session is created twice. Variable `IDNOW_MAX_RETRIES`.",
			},
			"request_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Timeout of one HTTP attempt, from connecting to the last byte of the response, as a Go duration such as `30s` or `2m`. " +
					"Default `60s`. Variable `IDNOW_REQUEST_TIMEOUT`.",
			},
		},
	}
}

// ValidateConfig reports malformed arguments before the provider is configured,
// as in terraform validate.
func (p *idnowProvider) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if !resp.Diagnostics.HasError() {
		report(malformed(model), &resp.Diagnostics)
	}
}

func (p *idnowProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	block := resolveBlock(ctx, model, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	data := &configured.Provider{
		Environment:         block.environment,
		AllowedEnvironments: block.allowedEnvironments,
		InputValidation:     block.inputValidation,
		DeepPaths:           configured.ShowsDeepPaths(req.TerraformVersion),
		Now:                 p.now,
		Sleep:               p.sleep,
	}
	if block.Known {
		api, err := client.New(block.clientConfig(userAgent(p.version, req.TerraformVersion)))
		if err != nil {
			resp.Diagnostics.AddError("Invalid provider settings", err.Error())
			return
		}
		data.Client = api
		data.ServiceText = servicetext.Policy{Verbatim: block.ShowServiceMessages, Secrets: api.Secrets}
		data.Documents = configured.NewDocumentCache(api.FlowDocument)
	}
	resp.ResourceData = data
	resp.DataSourceData = data
	resp.EphemeralResourceData = data
	resp.ListResourceData = data
	resp.ActionData = data
}

func (p *idnowProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{resources.NewSession}
}

func (p *idnowProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		datasources.NewFlow,
		datasources.NewFlowOpenAPI,
		datasources.NewFlows,
		datasources.NewSession,
		datasources.NewSessionDataBlocks,
		datasources.NewSessions,
	}
}

func (p *idnowProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		ephemeralresources.NewAccessToken,
		ephemeralresources.NewSessionDataBlocks,
		ephemeralresources.NewSessionFile,
	}
}

func (p *idnowProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{actions.NewDownloadSessionFiles, actions.NewWaitForSession}
}

func (p *idnowProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{resources.NewSessionList}
}

func (p *idnowProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{functions.NewFile, functions.NewValidateInput, functions.NewInputSchema}
}
