{{template "header" .}}
# The type that the input must convert to. The provider sends the caller's own value.
variable "input" {
  description = {{quote (print "The input of the flow " .Name ".")}}
  type        = {{.Type}}
  sensitive   = true
{{- if .WriteOnly}}
  default     = null
  ephemeral   = true
{{- end}}
}
