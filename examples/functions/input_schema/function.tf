data "idnow_flow_openapi" "capture" {
  flow_id     = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
  environment = "staging"
}

output "blocks" {
  value = keys(jsondecode(provider::idnow::input_schema(data.idnow_flow_openapi.capture.openapi_json)).properties)
}
