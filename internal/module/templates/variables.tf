{{template "header" .}}
variable "input" {
  description = {{quote (print "The input of the flow " .Name "; types/variables.tf has its types. Null means omitted.")}}
  type        = any
{{- if .Optional}}
  default     = {}
{{- end}}
  nullable    = false
  sensitive   = true
}
{{- if .WriteOnly}}

variable "input_wo" {
  description = "More of the input, which reaches neither plan nor state; merged into input."
  type        = any
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "input_wo_version" {
  description = "A number to raise when input_wo changes: a new version replaces the session."
  type        = number
  default     = null
}
{{- end}}

variable "subject_id" {
  description = "Your own reference for the person to be verified."
  type        = string
  nullable    = false
}

variable "metadata" {
  description = "Further metadata of any type, beside subject_id and locale."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.metadata), "subjectId") && !contains(keys(var.metadata), "locale")
    error_message = "subjectId and locale have variables of their own: subject_id and locale."
  }
}

variable "environment" {
  description = "The logical environment that the flow is published to."
  type        = string
  default     = {{quote .Flow.Environment}}
  nullable    = false
}

variable "locale" {
  description = "The player's language: en, de or fr. Default: the flow's."
  type        = string
  default     = null
}

variable "redirect_url" {
  description = "Where the player sends the person afterwards: an absolute URL on the API client's allowlist."
  type        = string
  default     = null
}

variable "state" {
  description = "An opaque value that comes back in the redirect, for example against CSRF; at most 2048 characters."
  type        = string
  default     = null
  sensitive   = true
}

variable "input_validation" {
  description = "How the input is validated against the flow's document: strict, warn, off or required. Default: the provider's."
  type        = string
  default     = null
}

variable "wait_for_completion" {
  description = "Whether apply returns only once the session has ended, for flows without a user step. Default: it does not wait."
  type        = bool
  default     = null
}

variable "timeouts" {
  description = "How long creating and reading may take, as Go durations: { create = \"30m\", read = \"1m\" }. Default: the provider's."
  type = object({
    create = optional(string)
    read   = optional(string)
  })
  default = null
}

variable "replace_on_status" {
  description = "The statuses that make the next plan replace the session. Default: EXPIRED alone; [] for never."
  type        = set(string)
  default     = null
}
