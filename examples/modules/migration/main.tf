terraform {
  required_version = ">= 1.3.0"

  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = "~> 0.1"
    }
  }
}

provider "idnow" {
  environment          = "staging"
  allowed_environments = ["staging"]
}

locals {
  # The file that curl sent: keys are the API's own names.
  body = jsondecode(file("${path.module}/body.json"))
}

resource "idnow_session" "applicant" {
  flow_id  = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
  input    = local.body.input
  metadata = local.body.metadata
}
