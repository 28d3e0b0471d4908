output "session_ids" {
  description = "The sessions' IDs by subject, to look outcomes up later."
  value       = { for subject, session in module.fixtures.sessions : subject => session.id }
}

output "player_urls" {
  description = "Where the browser tests start, by subject. Each carries the player's token."
  value       = module.fixtures.player_urls
  sensitive   = true
}
