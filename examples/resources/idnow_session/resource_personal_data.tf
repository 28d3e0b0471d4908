# Personal data that reaches neither plan nor state.
variable "person" {
  type = object({
    givenName  = string
    familyName = string
    birthDate  = optional(string)
  })
  ephemeral = true
}

resource "idnow_session" "private" {
  flow_id          = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
  environment      = "staging"
  input_wo         = { basicIdentity = var.person }
  input_wo_version = 1 # raise it to send changed data as a new session
  metadata         = { subjectId = "customer-123" }
}
