param extra object

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

resource off 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-off'
  location: resourceGroup().location
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: []
    securityProfile: {
      ...extra
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: { enabled: false }
      }
    }
  }
}
