resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks',
  location: 'westeurope',
  properties: {
    dnsPrefix: 'x', agentPoolProfiles: []
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: {
          enabled: true
        }
      }
    }
  }
}
