terraform {
  required_version = ">= 1.8.0" # for provider::idnow::file

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

resource "idnow_session" "signature" {
  flow_id = var.flow_id
  input = {
    basicIdentity = var.signer
    documentsToSign = {
      documents = [{
        templateId = "contract"
        source     = provider::idnow::file(var.contract)
      }]
    }
  }
  metadata = { subjectId = var.subject_id }

  # The flow has no user step: the session ends by itself.
  wait_for_completion = true
  timeouts            = { create = var.timeout }

  lifecycle {
    postcondition {
      condition     = self.outcome == "accepted"
      error_message = "The signature was not accepted: the session ${self.id} is ${self.session_status}, its outcome is ${coalesce(self.outcome, "unknown")}."
    }
  }
}
