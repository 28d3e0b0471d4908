variable "session_id" {
  type = string
}

# What went in and came out, without a trace in plan or state.
ephemeral "idnow_session_datablocks" "applicant" {
  session_id  = var.session_id
  environment = "staging"
}
