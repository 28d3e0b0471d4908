output "session_id" {
  description = "The session's ID."
  value       = idnow_session.signature.id
}

output "outcome" {
  description = "The session's outcome."
  value       = idnow_session.signature.outcome
}

output "completed_at" {
  description = "When the session ended."
  value       = idnow_session.signature.completed_at
}
