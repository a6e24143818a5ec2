param pools array = [
  { name: 'system', size: 'Standard_D4ds_v5' }
]

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: map(pools, pool => {
      name: pool.name
      mode: pool.?mode ?? 'System'
      count: pool.?count ?? 3
      vmSize: pool.size
    })
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: { enabled: length(filter(pools, pool => pool.?mode == 'User')) > 0 }
      }
    }
  }
}
