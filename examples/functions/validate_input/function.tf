data "idnow_flow_openapi" "capture" {
  flow_id     = "40cbb7b3-7468-4b5d-8bb5-ff8e82510c70"
  environment = "staging"
}

# Also for a document that was downloaded from the dashboard:
# provider::idnow::validate_input(file("flow.openapi.json"), …)
output "problems" {
  value = provider::idnow::validate_input(data.idnow_flow_openapi.capture.openapi_json, {
    basicIdentity = { givenNam = "Max", familyName = "Schmidt" }
  })
}
