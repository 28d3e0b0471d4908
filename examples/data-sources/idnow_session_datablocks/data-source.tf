variable "session_id" {
  type = string
}

# The content reaches state, marked as sensitive. The ephemeral resource of the
# same name keeps it out of there.
data "idnow_session_datablocks" "applicant" {
  session_id  = var.session_id
  environment = "staging"
  types       = ["basicIdentity"]
}

output "stored_blocks" {
  value = [for block in data.idnow_session_datablocks.applicant.data_blocks : block.type if block.status == "STORED"]
}
