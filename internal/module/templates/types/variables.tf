{{template "header" .}}
# What the input has to convert to. It is the caller's own value that is sent.
variable "input" {
  description = {{quote (print "The input of the flow " .Name ".")}}
  type        = {{.Type}}
  sensitive   = true
{{- if .WriteOnly}}
  default     = null
  ephemeral   = true
{{- end}}
}
