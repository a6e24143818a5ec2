param defenderForContainers bool = true
param createWorkspace bool = true

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' = if (createWorkspace) {
  name: 'law-shop'
  location: resourceGroup().location
}

var defenderBlock = {
  securityProfile: {
    defender: {
      logAnalyticsWorkspaceResourceId: createWorkspace ? law.id : null
      securityMonitoring: { enabled: true }
    }
  }
}

var aksProperties = union({
  dnsPrefix: 'shop'
  agentPoolProfiles: [
    { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
  ]
}, defenderForContainers && createWorkspace ? defenderBlock : {})

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: aksProperties
}
