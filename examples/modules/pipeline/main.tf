terraform {
  required_version = ">= 1.3.0"

  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = "~> 0.1"
    }
  }
}

# Credentials come from IDNOW_CLIENT_ID and IDNOW_CLIENT_SECRET, which the
# pipeline's secret store sets.
provider "idnow" {
  allowed_environments = ["staging"] # prevents billable live sessions
}

variable "flow_name" {
  description = "The name of the flow that is tested."
  type        = string
  default     = "Document capture"
}

module "fixtures" {
  source = "../fixtures"

  flow_name      = var.flow_name
  applicants_csv = "${path.module}/applicants.csv"
}
