terraform {
  required_version = ">= 1.3.0"

  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = "~> 0.1"
    }
  }
}

variable "flow_name" {
  description = "The name of the flow."
  type        = string
  default     = "Document capture"
}

variable "environment" {
  description = "The logical environment that the flow is published to."
  type        = string
  default     = "staging"
}

data "idnow_flow" "this" {
  name        = var.flow_name
  environment = var.environment
}

data "idnow_flow_openapi" "this" {
  flow_id     = data.idnow_flow.this.flow_id
  environment = var.environment
}
