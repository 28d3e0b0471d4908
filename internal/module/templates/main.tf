{{template "header" .}}
resource "idnow_session" "this" {
  flow_id     = {{quote .Flow.ID}}
  environment = var.environment

  # As configured, so that the provider reports a key that the flow does not have.
  input = var.input
{{- if .WriteOnly}}
  input_wo         = var.input_wo
  input_wo_version = var.input_wo_version
{{- end}}

  metadata = merge(var.metadata, {
    subjectId = var.subject_id
    locale    = var.locale
  })
  redirect_url        = var.redirect_url
  state               = var.state
  input_validation    = var.input_validation
  wait_for_completion = var.wait_for_completion
  timeouts            = var.timeouts
  replace_on_status   = var.replace_on_status
}

# Reports wrong types without a request.
module "types" {
  source = "./types"
  input  = var.input
}
{{- if .WriteOnly}}

module "types_wo" {
  source = "./types"
  input  = var.input_wo
}
{{- end}}
