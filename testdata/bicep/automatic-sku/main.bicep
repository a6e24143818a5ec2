resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  sku: { name: 'Automatic', tier: 'Standard' }
  properties: {
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3 }
    ]
  }
}
