@description('Name of the key vault.')
param vaultName string

@description('Name of the secret.')
param name string

@secure()
param value string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: name
  properties: {
    value: value
  }
}

// Without the version, so that an app takes up a new one by itself.
output uri string = secret.properties.secretUri
