data "idnow_flow" "capture" {
  name        = "Document capture"
  environment = "staging"
}

output "flow_id" {
  value = data.idnow_flow.capture.flow_id
}
