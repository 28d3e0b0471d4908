{{template "header" .}}
{{- if .Complete}}
# The provider is mocked: this requires no account and creates no session.
# It requires Terraform 1.7 or OpenTofu 1.8.
mock_provider "idnow" {}

variables {
  subject_id = "customer-123"
  input      = {{.Example}}
}

run "creates_the_session" {
  assert {
    condition     = idnow_session.this.flow_id == {{quote .Flow.ID}} && idnow_session.this.metadata.subjectId == var.subject_id
    error_message = "The session is of another flow, or for another person."
  }
}
{{- else}}
# The document has no example of an input that the flow takes: write a test with
# one of your own beside this file.
{{- end}}
