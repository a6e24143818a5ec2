resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-logs/providers/microsoft.operationalinsights/Workspaces/law-platform'
        securityMonitoring: { enabled: true }
      }
    }
  }
}
