resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

var base = {
  dnsPrefix: 'shop'
  agentPoolProfiles: [
    { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
  ]
  securityProfile: { imageCleaner: { enabled: true } }
}

var defender = {
  defender: {
    logAnalyticsWorkspaceResourceId: law.id
    securityMonitoring: { enabled: true }
  }
}

resource kept 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-kept'
  location: resourceGroup().location
  properties: {
    ...base
    securityProfile: {
      ...base.securityProfile
      ...defender
    }
  }
}

// The base comes last, so its `securityProfile` replaces the one with Defender.
resource lost 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-lost'
  location: resourceGroup().location
  properties: {
    securityProfile: defender
    ...base
  }
}
