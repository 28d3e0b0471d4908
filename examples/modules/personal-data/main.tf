terraform {
  required_version = ">= 1.11.0" # for write-only arguments

  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = "~> 0.1"
    }
  }
}

# Credentials come from IDNOW_* variables.
provider "idnow" {
  environment          = "staging"
  allowed_environments = ["staging"]
}

variable "flow_id" {
  description = "The flow to run."
  type        = string
  default     = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
}

variable "person" {
  description = "The person to verify."
  type = object({
    givenName  = string
    familyName = string
    birthDate  = optional(string)
  })
  ephemeral = true # Terraform itself refuses to keep it
}

variable "person_version" {
  description = "Increase it to send changed data as a new session."
  type        = number
  default     = 1
}

resource "idnow_session" "applicant" {
  flow_id          = var.flow_id
  input_wo         = { basicIdentity = var.person }
  input_wo_version = var.person_version
  metadata         = { subjectId = "customer-123" } # a reference, never a name or an address
}

# The session's results, stored neither in plan nor in state: for a provisioner, a
# provider's arguments, or a write-only argument.
ephemeral "idnow_session_datablocks" "applicant" {
  session_id = idnow_session.applicant.id
}

output "session_id" {
  description = "The session's ID."
  value       = idnow_session.applicant.id
}
