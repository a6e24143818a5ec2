param location string = resourceGroup().location

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: { enabled: true }
      }
    }
  }
}

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

module alerts 'br:contoso.azurecr.io/alerts:1.0.0' = {
  name: 'alerts'
}
