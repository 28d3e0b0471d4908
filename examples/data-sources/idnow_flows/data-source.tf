data "idnow_flows" "staging" {
  environment = "staging"
}

output "flow_ids_by_name" {
  value = { for flow in data.idnow_flows.staging.flows : flow.name => flow.flow_id... }
}
