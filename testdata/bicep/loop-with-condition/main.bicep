var regions = [
  { name: 'weu', active: true }
  { name: 'neu', active: false }
]

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = [for region in regions: if (region.active) {
  name: 'aks-${region.name}'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
  }
}]
