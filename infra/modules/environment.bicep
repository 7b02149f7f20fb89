@description('Name of the Container Apps environment.')
param name string
param location string
param tags object

@description('Name of the Log Analytics workspace that receives the console output of the apps.')
param workspaceName string

@description('Name of the Application Insights component that receives their OpenTelemetry traces and logs.')
param insightsName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// The environment's own OpenTelemetry agent, which only preview versions of the API know, sets OTEL_EXPORTER_OTLP_ENDPOINT in every app:
// that is all the service defaults need.
resource environment 'Microsoft.App/managedEnvironments@2025-02-02-preview' = {
  name: name
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: workspace.properties.customerId
        sharedKey: workspace.listKeys().primarySharedKey
      }
    }
    appInsightsConfiguration: {
      connectionString: insights.properties.ConnectionString
    }
    openTelemetryConfiguration: {
      logsConfiguration: {
        destinations: ['appInsights']
      }
      tracesConfiguration: {
        destinations: ['appInsights']
      }
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

output id string = environment.id
output name string = environment.name
output defaultDomain string = environment.properties.defaultDomain
