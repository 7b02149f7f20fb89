@description('Name of the Application Insights component.')
param name string
param location string
param tags object

@description('Resource id of the Log Analytics workspace that holds the telemetry.')
param workspaceId string

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
  }
}

output name string = insights.name
