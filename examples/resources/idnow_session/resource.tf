resource "idnow_session" "applicant" {
  flow_id     = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
  environment = "staging"
  input = {
    basicIdentity = {
      givenName  = "Max"
      familyName = "Schmidt"
      birthDate  = "1985-08-22"
    }
  }
  metadata = {
    subjectId = "customer-123"
    locale    = "en"
  }
  redirect_url = "https://example.com/verification"
}

output "player_url" {
  value     = idnow_session.applicant.player_url
  sensitive = true
}
