// Deployed by main.bicep, and by `azd deploy api` with api.parameters.json whenever there is a new image.

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

@description('Resource id and client id of the Api\'s managed identity.')
param identityId string
param identityClientId string

@description('Host name and database of the warehouse.')
param warehouseHost string
param warehouseDatabase string

@description('Most replicas that load may call up.')
param maxReplicas int = 3

resource api 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
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
      ingress: {
        external: true
        allowInsecure: false
        targetPort: 8080
        transport: 'auto'
      }
      registries: [
        {
          server: registryServer
          identity: identityId
        }
      ]
    }
    template: {
      scale: {
        minReplicas: 1
        maxReplicas: maxReplicas
        rules: [
          {
            name: 'requests'
            http: {
              metadata: {
                concurrentRequests: '50'
              }
            }
          }
        ]
      }
      containers: [
        {
          name: 'api'
          image: image
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          env: [
            { name: 'AZURE_CLIENT_ID', value: identityClientId }
            { name: 'ASPNETCORE_FORWARDEDHEADERS_ENABLED', value: 'true' }
            {
              name: 'ConnectionStrings__warehouse'
              value: 'Host=${warehouseHost};Database=${warehouseDatabase};Username=platform_api;SSL Mode=VerifyFull'
            }
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

output name string = api.name
output url string = 'https://${api.properties.configuration.ingress!.fqdn}'
