output "openapi_json" {
  description = "The flow's OpenAPI document, byte for byte as the service serves it."
  value       = data.idnow_flow_openapi.this.openapi_json
}

output "sha256" {
  description = "The document's SHA-256 in hex."
  value       = data.idnow_flow_openapi.this.sha256
}

output "input_schema_json" {
  description = "The flow's input as JSON Schema 2020-12."
  value       = data.idnow_flow_openapi.this.input_schema_json
}

output "required_fields" {
  description = "The paths of the required input."
  value = flatten([
    for block in data.idnow_flow_openapi.this.data_blocks : [
      for field in block.fields : "${block.name}.${field.path}" if field.required
    ] if block.required
  ])
}
