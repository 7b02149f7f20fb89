// All that the platform needs in Azure, in one resource group. `azd up` runs it; docs/operations.md tells the rest.
targetScope = 'subscription'

@description('Name of the azd environment; part of every resource\'s name.')
@minLength(1)
@maxLength(32)
param environmentName string

@description('Azure region of all resources.')
@minLength(1)
param location string

@description('Object id of whoever deploys: may read the secrets, so that a second deployment keeps them. Empty: nobody.')
param principalId string = ''
param principalType 'User' | 'ServicePrincipal' | 'Group' = 'User'

@description('Images of the two apps; empty until the first `azd deploy` has pushed them, which then creates the apps.')
param workerImage string = ''
param apiImage string = ''

@description('What callers of the Worker\'s operator API present.')
@secure()
param operatorApiKey string

var tags = { 'azd-env-name': environmentName }
var token = uniqueString(subscription().id, environmentName, location)

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module workerIdentity 'modules/identity.bicep' = {
  scope: group
  params: { name: 'id-worker-${token}', location: location, tags: tags }
}

module apiIdentity 'modules/identity.bicep' = {
  scope: group
  params: { name: 'id-api-${token}', location: location, tags: tags }
}

module logs 'modules/logs.bicep' = {
  scope: group
  params: { name: 'log-${token}', location: location, tags: tags }
}

module insights 'modules/insights.bicep' = {
  scope: group
  params: { name: 'appi-${token}', location: location, tags: tags, workspaceId: logs.outputs.id }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: { name: 'cr${token}', location: location, tags: tags }
}

module environment 'modules/environment.bicep' = {
  scope: group
  params: {
    name: 'cae-${token}'
    location: location
    tags: tags
    workspaceName: logs.outputs.name
    insightsName: insights.outputs.name
  }
}

module postgres 'modules/postgres.bicep' = {
  scope: group
  params: {
    name: 'psql-${token}'
    location: location
    tags: tags
    administratorName: workerIdentity.outputs.name
    administratorObjectId: workerIdentity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: { name: 'st${token}', location: location, tags: tags }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: { name: 'kv-${token}', location: location, tags: tags }
}

module operatorKey 'modules/secret.bicep' = {
  scope: group
  params: { vaultName: vault.outputs.name, name: 'operator-api-key', value: operatorApiKey }
}

module workerPulls 'modules/roles/registry.bicep' = {
  scope: group
  params: { registryName: registry.outputs.name, principalId: workerIdentity.outputs.principalId }
}

module apiPulls 'modules/roles/registry.bicep' = {
  scope: group
  params: { registryName: registry.outputs.name, principalId: apiIdentity.outputs.principalId }
}

module workerLands 'modules/roles/landing.bicep' = {
  scope: group
  params: {
    accountName: storage.outputs.name
    containerName: storage.outputs.containerName
    principalId: workerIdentity.outputs.principalId
  }
}

module workerReadsSecrets 'modules/roles/vault.bicep' = {
  scope: group
  params: { vaultName: vault.outputs.name, principalId: workerIdentity.outputs.principalId }
}

module deployerReadsSecrets 'modules/roles/vault.bicep' = if (!empty(principalId)) {
  scope: group
  params: { vaultName: vault.outputs.name, principalId: principalId, principalType: principalType }
}

// Known before the Api is there, so that the Worker need not wait for it.
var metricsApi = 'https://ca-api-${token}.${environment.outputs.defaultDomain}'

module worker 'modules/worker.bicep' = if (!empty(workerImage)) {
  scope: group
  params: {
    name: 'ca-worker-${token}'
    location: location
    tags: tags
    image: workerImage
    environmentId: environment.outputs.id
    registryServer: registry.outputs.loginServer
    identityId: workerIdentity.outputs.id
    identityClientId: workerIdentity.outputs.clientId
    identityName: workerIdentity.outputs.name
    apiPrincipalId: apiIdentity.outputs.principalId
    warehouseHost: postgres.outputs.host
    warehouseDatabase: postgres.outputs.databaseName
    landingEndpoint: storage.outputs.blobEndpoint
    operatorKeySecretUri: operatorKey.outputs.uri
    metricsApi: metricsApi
  }
  dependsOn: [workerPulls, workerLands, workerReadsSecrets]
}

module api 'modules/api.bicep' = if (!empty(apiImage)) {
  scope: group
  params: {
    name: 'ca-api-${token}'
    location: location
    tags: tags
    image: apiImage
    environmentId: environment.outputs.id
    registryServer: registry.outputs.loginServer
    identityId: apiIdentity.outputs.id
    identityClientId: apiIdentity.outputs.clientId
    warehouseHost: postgres.outputs.host
    warehouseDatabase: postgres.outputs.databaseName
  }
  dependsOn: [apiPulls]
}

// azd keeps these in its environment; the two apps' parameter files take them from there.
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.loginServer
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output CONTAINER_ENVIRONMENT_ID string = environment.outputs.id
output WAREHOUSE_HOST string = postgres.outputs.host
output WAREHOUSE_DATABASE string = postgres.outputs.databaseName
output LANDING_ENDPOINT string = storage.outputs.blobEndpoint
output OPERATOR_KEY_SECRET_URI string = operatorKey.outputs.uri
output METRICS_API string = metricsApi
output WORKER_NAME string = 'ca-worker-${token}'
output WORKER_IDENTITY_ID string = workerIdentity.outputs.id
output WORKER_IDENTITY_CLIENT_ID string = workerIdentity.outputs.clientId
output WORKER_IDENTITY_NAME string = workerIdentity.outputs.name
output API_NAME string = 'ca-api-${token}'
output API_IDENTITY_ID string = apiIdentity.outputs.id
output API_IDENTITY_CLIENT_ID string = apiIdentity.outputs.clientId
output API_IDENTITY_PRINCIPAL_ID string = apiIdentity.outputs.principalId
