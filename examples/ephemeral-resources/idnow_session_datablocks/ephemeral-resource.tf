variable "session_id" {
  type = string
}

# The session's input and results, stored neither in plan nor in state.
ephemeral "idnow_session_datablocks" "applicant" {
  session_id  = var.session_id
  environment = "staging"
}
