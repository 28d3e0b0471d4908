terraform {
  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = "~> 0.1"
    }
  }
}

# Credentials and addresses come from IDNOW_* variables.
provider "idnow" {
  environment          = "staging"
  allowed_environments = ["staging"]
}

variable "flow_id" {
  description = "The flow to run."
  type        = string
  default     = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
}

data "idnow_flow_openapi" "capture" {
  flow_id = var.flow_id
}

resource "idnow_session" "applicant" {
  flow_id = var.flow_id
  input = {
    basicIdentity = {
      givenName  = "Max"
      familyName = "Schmidt"
      birthDate  = "1985-08-22"
    }
  }
  metadata = {
    subjectId = "customer-123"
    locale    = "en"
  }
  redirect_url = "https://example.com/verification"
  state        = "csrf-token"
}
