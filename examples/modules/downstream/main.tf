terraform {
  required_version = ">= 1.5.0" # for plantimestamp
}

# Whoever may read this state may read all of it, input and player URLs
# included: outputs are no boundary.
data "terraform_remote_state" "fixtures" {
  backend = "local"

  config = {
    path = var.fixtures_state
  }
}

locals {
  sessions    = data.terraform_remote_state.fixtures.outputs.sessions
  player_urls = data.terraform_remote_state.fixtures.outputs.player_urls
}
