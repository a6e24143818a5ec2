param monitored bool

var inner = {
  '$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
  contentVersion: '1.0.0.0'
  parameters: {
    region: { type: 'string' }
  }
  resources: [
    {
      type: 'Microsoft.ContainerService/managedClusters'
      apiVersion: '2024-09-01'
      name: 'aks'
      location: '[parameters(\'region\')]'
      properties: {
        dnsPrefix: 'aks'
        agentPoolProfiles: [
          { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4s_v5' }
        ]
        securityProfile: {
          defender: {
            logAnalyticsWorkspaceResourceId: '[resourceId(\'Microsoft.OperationalInsights/workspaces\', \'law\')]'
            securityMonitoring: { enabled: monitored }
          }
        }
      }
    }
  ]
}

resource cluster 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'cluster'
  properties: {
    mode: 'Incremental'
    template: inner
    parameters: {
      region: { value: resourceGroup().location }
    }
  }
}
