terraform {
  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = "~> 0.1"
    }
  }
}

# Credentials come from IDNOW_CLIENT_ID and IDNOW_CLIENT_SECRET, or IDNOW_API_KEY.
provider "idnow" {
  environment          = "staging"
  allowed_environments = ["staging"] # prevents billable live sessions
}
