# A flow without a user step: the session ends by itself. Its file is streamed from
# disk and is not stored in state.
resource "idnow_session" "signature" {
  flow_id     = "de74a1b6-ca7d-4222-ae03-a4292b7da07c"
  environment = "staging"
  input = {
    basicIdentity = {
      givenName  = "Max"
      familyName = "Schmidt"
    }
    documentsToSign = {
      documents = [{
        templateId = "contract"
        source     = provider::idnow::file("${path.module}/contract.pdf")
      }]
    }
  }
  metadata            = { subjectId = "customer-123" }
  wait_for_completion = true
  timeouts            = { create = "10m" }

  lifecycle {
    postcondition {
      condition     = self.outcome == "accepted"
      error_message = "The signature was not accepted."
    }
  }
}
