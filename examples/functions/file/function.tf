output "reference" {
  value = provider::idnow::file("${path.module}/contract.pdf")
}

output "reference_with_a_name" {
  value = merge(provider::idnow::file("${path.module}/contract.pdf"), { "$filename" = "Contract 2026.pdf" })
}
