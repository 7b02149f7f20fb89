@description('Name of the key vault.')
param vaultName string

@description('Object id of the principal that may read its secrets.')
param principalId string

@description('Kind of that principal.')
param principalType 'ServicePrincipal' | 'User' | 'Group' = 'ServicePrincipal'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: vaultName
}

var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, secretsUser)
  properties: {
    principalId: principalId
    principalType: principalType
    roleDefinitionId: secretsUser
  }
}
