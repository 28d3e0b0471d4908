# terraform query
list "idnow_session" "staging" {
  provider = idnow

  config {
    flow_id     = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
    environment = "staging"
  }
}
