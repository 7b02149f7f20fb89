@description('Name of the PostgreSQL flexible server.')
param name string
param location string
param tags object

@description('Major version of PostgreSQL.')
param version string = '17'

@description('Compute size; the part before the first underscore of its name does not say the tier, hence skuTier.')
param skuName string = 'Standard_B2s'
param skuTier 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized' = 'Burstable'

@description('Storage in GiB; it grows by itself when it runs short.')
param storageSizeGB int = 32

@description('Days for which the server can be restored to any point in time.')
@minValue(7)
@maxValue(35)
param backupRetentionDays int = 14

@description('Name of the warehouse database.')
param databaseName string = 'warehouse'

@description('Name and object id of the managed identity that administers the server: the Worker, which owns every table and makes the roles.')
param administratorName string
param administratorObjectId string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: skuName
    tier: skuTier
  }
  properties: {
    version: version
    createMode: 'Default'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: {
      storageSizeGB: storageSizeGB
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: backupRetentionDays
      geoRedundantBackup: 'Disabled'
    }
    highAvailability: {
      mode: 'Disabled'
    }
  }

  resource database 'databases' = {
    name: databaseName
    properties: {
      charset: 'UTF8'
      collation: 'en_US.utf8'
    }
  }

  // A query over a fact table locks each of its partitions and their keys: room for thousands of days. Takes effect with a restart.
  resource maxLocks 'configurations' = {
    name: 'max_locks_per_transaction'
    properties: {
      value: '256'
      source: 'user-override'
    }
    dependsOn: [database]
  }

  resource administrator 'administrators' = {
    name: administratorObjectId
    properties: {
      principalName: administratorName
      principalType: 'ServicePrincipal'
      tenantId: tenant().tenantId
    }
    dependsOn: [maxLocks]
  }

  // The address 0.0.0.0 stands for Azure's own services, among them Container Apps. Who comes that far still needs a token of a known identity.
  resource azureServices 'firewallRules' = {
    name: 'azure-services'
    properties: {
      startIpAddress: '0.0.0.0'
      endIpAddress: '0.0.0.0'
    }
    dependsOn: [administrator]
  }
}

output name string = server.name
output host string = server.properties.fullyQualifiedDomainName
output databaseName string = databaseName
