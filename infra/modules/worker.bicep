// Deployed by main.bicep, and by `azd deploy worker` with worker.parameters.json whenever there is a new image.

@description('Name of the container app.')
param name string
param location string = resourceGroup().location
param tags object = {}

@description('Container image with its registry and tag.')
param image string

@description('Resource id of the Container Apps environment.')
param environmentId string

@description('Login server of the container registry.')
param registryServer string

@description('Resource id, client id and name of the Worker\'s managed identity; the name is its role in PostgreSQL.')
param identityId string
param identityClientId string
param identityName string

@description('Object id of the Api\'s managed identity, which the Worker lets log in as the role platform_api.')
param apiPrincipalId string

@description('Host name and database of the warehouse.')
param warehouseHost string
param warehouseDatabase string

@description('Blob endpoint of the landing zone\'s storage account.')
param landingEndpoint string

@description('Address in the key vault of the secret that callers of the operator API present.')
param operatorKeySecretUri string

@description('Address of the metrics API, which computes what is kept when a month is closed.')
param metricsApi string

@description('Workers that run side by side; they share the schedule through PostgreSQL.')
param replicas int = 1

resource worker 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'worker' })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      // The operator API answers inside the environment only.
      ingress: {
        external: false
        targetPort: 8080
        transport: 'http'
      }
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
      secrets: [
        {
          name: 'operator-api-key'
          keyVaultUrl: operatorKeySecretUri
          identity: identityId
        }
      ]
    }
    template: {
      // A run that is stopped here goes on in the next revision; the time lets a load finish first.
      terminationGracePeriodSeconds: 60
      scale: {
        minReplicas: replicas
        maxReplicas: replicas
      }
      containers: [
        {
          name: 'worker'
          image: image
          resources: {
            cpu: json('1.0')
            memory: '2Gi'
          }
          env: [
            { name: 'AZURE_CLIENT_ID', value: identityClientId }
            {
              name: 'ConnectionStrings__warehouse'
              value: 'Host=${warehouseHost};Database=${warehouseDatabase};Username=${identityName};SSL Mode=VerifyFull'
            }
            { name: 'ConnectionStrings__landing', value: landingEndpoint }
            { name: 'Warehouse__ApiObjectId', value: apiPrincipalId }
            { name: 'Operator__ApiKey', secretRef: 'operator-api-key' }
            { name: 'Periods__MetricsApi', value: metricsApi }
          ]
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/alive', port: 8080 }
              periodSeconds: 5
              failureThreshold: 24
            }
            {
              type: 'Liveness'
              httpGet: { path: '/alive', port: 8080 }
              periodSeconds: 15
              failureThreshold: 4
            }
            {
              type: 'Readiness'
              httpGet: { path: '/health', port: 8080 }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 3
            }
          ]
        }
      ]
    }
  }
}

output name string = worker.name
