output "session_ids" {
  description = "The sessions' IDs by subject, to look outcomes up later."
  value       = { for subject, session in module.fixtures.sessions : subject => session.id }
}

output "player_urls" {
  description = "The URLs at which the browser tests start, by subject. Each contains the player's token."
  value       = module.fixtures.player_urls
  sensitive   = true
}
