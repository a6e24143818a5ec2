param location string
param monitoring bool

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'logs'
  location: location
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4s_v5' }]
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: logs.id
        securityMonitoring: { enabled: monitoring }
      }
    }
  }
}
