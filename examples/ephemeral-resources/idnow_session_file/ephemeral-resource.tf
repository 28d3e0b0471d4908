variable "signature_session_id" {
  type = string
}

# The signed document of a session that has ended, without a trace in plan or
# state. Which data block contains it depends on the flow.
ephemeral "idnow_session_file" "signed" {
  session_id  = var.signature_session_id
  environment = "staging"
  type        = "signedDocuments"
}
