variable "session_id" {
  type = string
}

data "idnow_session" "applicant" {
  session_id  = var.session_id
  environment = "staging"
}

output "outcome" {
  value = data.idnow_session.applicant.outcome
}
