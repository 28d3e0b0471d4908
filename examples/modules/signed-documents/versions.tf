terraform {
  required_version = ">= 1.14.0" # for actions

  required_providers {
    idnow = {
      source  = "idnow/idnow"
      version = ">= 0.1"
    }
  }
}
