{{template "header" .}}
output "session_id" {
  description = "The session's ID."
  value       = idnow_session.this.id
}

output "player_url" {
  description = "The URL at which the person goes through the session. It contains the player's token."
  value       = idnow_session.this.player_url
  sensitive   = true
}

output "sdk_token" {
  description = "The token to start a mobile SDK with, null unless the service returns one."
  value       = idnow_session.this.sdk_token
  sensitive   = true
}

output "session_status" {
  description = "The session's status at the last refresh."
  value       = idnow_session.this.session_status
}

output "outcome" {
  description = "The session's outcome, null until the service reports one."
  value       = idnow_session.this.outcome
}

output "expires_at" {
  description = "When the session ends, in RFC 3339, null where the service does not report it."
  value       = idnow_session.this.expires_at
}

output "flow_version" {
  description = "The version of the flow that the session runs."
  value       = idnow_session.this.flow_version
}
