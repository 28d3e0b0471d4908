// Pins the JSON-Schema-Test-Suite: a library that ships drafts 4, 6 and 7 of
// it, in a module of its own so that it stays out of the provider's.
module github.com/idnow/terraform-provider-idnow/tools/suite

go 1.26.0

tool github.com/xeipuuv/gojsonschema

require (
	github.com/xeipuuv/gojsonpointer v0.0.0-20180127040702-4e3ac2762d5f // indirect
	github.com/xeipuuv/gojsonreference v0.0.0-20180127040603-bd5ef7bd5415 // indirect
	github.com/xeipuuv/gojsonschema v1.2.0 // indirect
)
