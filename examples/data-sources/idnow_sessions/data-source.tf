data "idnow_sessions" "open" {
  flow_id     = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
  environment = "staging"
  statuses    = ["CREATED", "RUNNING"]
  limit       = 50
}

output "open_session_ids" {
  value = data.idnow_sessions.open.sessions[*].session_id
}
