# Credentials come from IDNOW_* variables.
provider "idnow" {
  environment          = "staging"
  allowed_environments = ["staging"]
}

resource "idnow_session" "signature" {
  flow_id = var.flow_id
  input = {
    basicIdentity = var.signer
    documentsToSign = {
      documents = [{
        templateId = "contract"
        source     = provider::idnow::file(var.contract)
      }]
    }
  }
  metadata = { subjectId = var.subject_id }
}

action "idnow_wait_for_session" "signed" {
  config {
    session_id = idnow_session.signature.id
    timeout    = var.timeout
  }
}

action "idnow_download_session_files" "signed" {
  config {
    session_id = idnow_session.signature.id
    folder     = "${var.folder}/${idnow_session.signature.id}"
    types      = [var.result_type]
  }
}

# Records that the session's documents are stored. Its actions run before it is
# created. If one fails, it is not created, and the next apply waits and stores again.
resource "terraform_data" "stored" {
  input            = "${var.folder}/${idnow_session.signature.id}"
  triggers_replace = idnow_session.signature.id

  lifecycle {
    action_trigger {
      events  = [before_create]
      actions = [action.idnow_wait_for_session.signed, action.idnow_download_session_files.signed]
    }
  }
}
