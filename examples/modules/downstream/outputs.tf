output "session_ids" {
  description = "The sessions' IDs by subject."
  value       = { for subject, session in local.sessions : subject => session.id }
}

output "browser_tests" {
  description = "The data of the browser tests, by subject."
  sensitive   = true # a remote state's outputs carry no mark of their own
  value = {
    for subject, session in local.sessions : subject => {
      session_id = session.id
      start_at   = local.player_urls[subject]
    }
  }

  precondition {
    condition     = alltrue([for session in local.sessions : session.expires_at == null ? true : timecmp(plantimestamp(), session.expires_at) < 0])
    error_message = "A session has expired, and its player URL with it. Apply the module fixtures again."
  }
}
