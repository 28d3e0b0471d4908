variable "fixtures_state" {
  description = "The path of the state file of the module fixtures."
  type        = string
  default     = "../fixtures/terraform.tfstate"
}
