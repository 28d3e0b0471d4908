variable "signature_session_id" {
  type = string
}

# terraform apply -invoke=action.idnow_download_session_files.signed
action "idnow_download_session_files" "signed" {
  config {
    session_id  = var.signature_session_id
    environment = "staging"
    folder      = "${path.root}/signed/${var.signature_session_id}"
    types       = ["signedDocuments"]
  }
}
