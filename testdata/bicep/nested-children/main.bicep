resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
  }

  resource pool 'agentPools' = {
    name: 'user'
    properties: { count: 2, vmSize: 'Standard_D4ds_v5' }
  }
}
