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
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/idnow/terraform-provider-idnow/internal/client"
	"github.com/idnow/terraform-provider-idnow/internal/datasources"
	ephemeralresources "github.com/idnow/terraform-provider-idnow/internal/ephemeral"
	"github.com/idnow/terraform-provider-idnow/internal/functions"
	"github.com/idnow/terraform-provider-idnow/internal/providerdata"
	"github.com/idnow/terraform-provider-idnow/internal/resources"
	"github.com/idnow/terraform-provider-idnow/internal/servicetext"
	"github.com/idnow/terraform-provider-idnow/internal/settings"
)

var (
	_ provider.ProviderWithValidateConfig     = (*idnowProvider)(nil)
	_ provider.ProviderWithFunctions          = (*idnowProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*idnowProvider)(nil)
	_ provider.ProviderWithListResources      = (*idnowProvider)(nil)
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
		p := &idnowProvider{version: version, now: time.Now, sleep: providerdata.Sleep}
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
		MarkdownDescription: "Declares identity verification sessions on the IDnow Trust Platform and reads flows.",
		Attributes: map[string]schema.Attribute{
			"platform": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The physical platform, which picks the hosts: " + oneOf(settings.Platforms) + ". Default `" + settings.DefaultPlatform + "`. " +
					"Not to be mixed up with `environment`. Variable `IDNOW_PLATFORM`.",
			},
			"region": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The region in the host names, such as `eu` in `api.eu.platform.idnow.io`. Default `" + settings.DefaultRegion + "`. " +
					"Variable `IDNOW_REGION`.",
			},
			"api_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The API's address instead of the one that `platform` and `region` give, for a proxy or the emulator. " +
					"`https`, or `http` for loopback addresses. Variable `IDNOW_API_URL`.",
			},
			"auth_url": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The token service's address. Needed where `api_url` is set and client credentials are used, so that a secret " +
					"goes only where it was meant to. `https`, or `http` for loopback addresses. Variable `IDNOW_AUTH_URL`.",
			},
			"api_key": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "A ready bearer token. Exactly one way to authenticate is to be given: this, or `client_id` with `client_secret`. " +
					"Variable `IDNOW_API_KEY`.",
			},
			"client_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The OAuth 2.0 client ID of an API client. Needs `client_secret`. Variable `IDNOW_CLIENT_ID`.",
			},
			"client_secret": schema.StringAttribute{
				Optional:  true,
				Sensitive: true,
				MarkdownDescription: "The OAuth 2.0 client secret. The token is fetched once, shared by everything in the run, and renewed before it ends. " +
					"Variable `IDNOW_CLIENT_SECRET`.",
			},
			"environment": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The logical environment, such as `staging` or `live`, for every resource and data source that names none itself. " +
					"Variable `IDNOW_ENVIRONMENT`.",
			},
			"allowed_environments": schema.SetAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "If set, every other environment is an error at plan, before any request: a pipeline that may touch `staging` " +
					"can't create a billable `live` session.",
				Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1))},
			},
			"input_validation": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "What to do with input that the flow's own document refuses: `strict` (default) makes it an error at plan, " +
					"`warn` a warning, `off` leaves it to the service. Variable `IDNOW_INPUT_VALIDATION`.",
			},
			"show_service_messages": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether errors quote the service's own messages in full, except for tokens. Default `false`: an error then " +
					"shows which fields and rules a message mentions, as far as the flow's document and the API's contract know them, and withholds the " +
					"rest. A service may repeat in its messages what it was sent, so `true` can put personal data, such as names, birth dates and " +
					"document numbers, on the terminal and into the logs of a pipeline. Variable `IDNOW_SHOW_SERVICE_MESSAGES`.",
			},
			"max_retries": schema.NumberAttribute{ // a fraction gets our own error
				Optional: true,
				MarkdownDescription: "How often a request is repeated after a passing failure, at most. Default 4; 0 for never. " +
					"Where the service limits the rate of requests, those that wait their turn while others get through are not counted. " +
					"A session is never created twice: a create is repeated only when the service can't have carried it out. Variable `IDNOW_MAX_RETRIES`.",
			},
			"request_timeout": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "The time for one HTTP attempt, from connecting to the answer's last byte, as a Go duration such as `30s` or `2m`. " +
					"Default `60s`. Variable `IDNOW_REQUEST_TIMEOUT`.",
			},
		},
	}
}

// ValidateConfig reports malformed arguments where nothing is configured yet, as
// in terraform validate.
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
	block := resolve(ctx, model, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	data := &providerdata.Data{
		Environment:         block.environment,
		AllowedEnvironments: block.allowedEnvironments,
		InputValidation:     block.inputValidation,
		DeepPaths:           providerdata.ShowsDeepPaths(req.TerraformVersion),
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
		data.ServiceText = servicetext.Policy{Verbatim: block.ShowServiceMessages, Redact: api.RedactCredentials}
		data.Documents = providerdata.NewDocuments(api.FlowDocument)
	}
	resp.ResourceData = data
	resp.DataSourceData = data
	resp.EphemeralResourceData = data
	resp.ListResourceData = data
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
	return []func() ephemeral.EphemeralResource{ephemeralresources.NewAccessToken, ephemeralresources.NewSessionDataBlocks}
}

func (p *idnowProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{resources.NewSessionList}
}

func (p *idnowProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{functions.NewFile, functions.NewValidateInput, functions.NewInputSchema}
}
