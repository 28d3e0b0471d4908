# A token for a provider or tool that the idnow provider does not cover. It
# reaches neither plan nor state.
ephemeral "idnow_access_token" "this" {}
