terraform {
  required_version = ">= 1.5.0" # for plantimestamp
}

# Read access to a state is access to all of it, including input and player URLs:
# outputs do not restrict it.
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
