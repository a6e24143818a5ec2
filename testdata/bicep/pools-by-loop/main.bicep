var sizes = ['D4', 'D8']

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [for (size, at) in sizes: {
      name: 'pool${at}'
      mode: at == 0 ? 'System' : 'User'
      count: 3
      vmSize: 'Standard_${size}ds_v5'
    }]
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: { enabled: false }
      }
    }
  }
}
