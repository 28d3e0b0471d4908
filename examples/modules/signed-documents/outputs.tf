output "session_id" {
  description = "The session's ID."
  value       = idnow_session.signature.id
}

output "folder" {
  description = "The folder of the signed documents."
  value       = terraform_data.stored.output
}
