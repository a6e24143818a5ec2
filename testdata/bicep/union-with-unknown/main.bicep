param extra object

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

resource kept 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-kept'
  location: resourceGroup().location
  properties: union(extra, {
    dnsPrefix: 'shop'
    agentPoolProfiles: []
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: { enabled: true }
      }
    }
  })
}

resource open 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-open'
  location: resourceGroup().location
  properties: union({
    dnsPrefix: 'shop'
    agentPoolProfiles: []
  }, extra)
}
