data "idnow_flow_openapi" "signature" {
  flow_id     = "de74a1b6-ca7d-4222-ae03-a4292b7da07c"
  environment = "staging"
}

# The required input, for example "basicIdentity.givenName".
output "required_fields" {
  value = flatten([
    for block in data.idnow_flow_openapi.signature.data_blocks : [
      for field in block.fields : "${block.name}.${field.path}" if field.required
    ] if block.required
  ])
}

output "document_sha256" {
  value = data.idnow_flow_openapi.signature.sha256
}
