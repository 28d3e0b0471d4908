variable "signature_session_id" {
  type = string
}

# The signed document of a session that has ended, stored neither in plan nor in
# state. The data block that contains it depends on the flow.
ephemeral "idnow_session_file" "signed" {
  session_id  = var.signature_session_id
  environment = "staging"
  type        = "signedDocuments"
}
