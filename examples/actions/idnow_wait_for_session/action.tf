variable "signature_session_id" {
  type = string
}

# terraform apply -invoke=action.idnow_wait_for_session.signed
action "idnow_wait_for_session" "signed" {
  config {
    session_id  = var.signature_session_id
    environment = "staging"
    timeout     = "10m"
  }
}
