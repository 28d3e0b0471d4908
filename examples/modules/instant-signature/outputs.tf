output "session_id" {
  description = "The session's ID."
  value       = idnow_session.signature.id
}

output "outcome" {
  description = "What the session came to."
  value       = idnow_session.signature.outcome
}

output "completed_at" {
  description = "When the session ended."
  value       = idnow_session.signature.completed_at
}
