output "session_id" {
  description = "The session's ID."
  value       = idnow_session.applicant.id
}

output "session_status" {
  description = "The session's status at the last refresh."
  value       = idnow_session.applicant.session_status
}

output "player_url" {
  description = "The URL at which the applicant goes through the session. It contains the player's token."
  value       = idnow_session.applicant.player_url
  sensitive   = true
}

output "flow_title" {
  description = "The flow's title, from its own document."
  value       = data.idnow_flow_openapi.capture.title
}
