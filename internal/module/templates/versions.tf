{{template "header" .}}
terraform {
{{- if .WriteOnly}}
  # Write-only arguments.
  required_version = ">= 1.11.0"
{{- else}}
  # Optional attributes.
  required_version = ">= 1.3.0"
{{- end}}

  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = ">= 0.1"
    }
  }
}
