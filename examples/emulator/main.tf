terraform {
  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = "~> 0.1"
    }
  }
}

provider "idnow" {
  environment = "staging" # address and credentials come from IDNOW_* variables
}

resource "idnow_session" "applicant" {
  flow_id  = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
  input    = { basicIdentity = { givenName = "Max", familyName = "Schmidt" } }
  metadata = { subjectId = "customer-123" }
}

output "player_url" {
  value     = idnow_session.applicant.player_url
  sensitive = true
}
