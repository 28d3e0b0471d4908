variable "flow_id" {
  description = "The ID of an instant signature flow."
  type        = string
  default     = "de74a1b6-ca7d-4222-ae03-a4292b7da07c"
}

variable "contract" {
  description = "The path of the PDF to be signed."
  type        = string
  default     = "contract.pdf"
}

variable "signer" {
  description = "The signer."
  type = object({
    givenName  = string
    familyName = string
  })
  default = {
    givenName  = "Max"
    familyName = "Schmidt"
  }
}

variable "subject_id" {
  description = "Your own reference for the signer."
  type        = string
  default     = "customer-123"
}

variable "timeout" {
  description = "How long to wait for the signature."
  type        = string
  default     = "10m"
}
