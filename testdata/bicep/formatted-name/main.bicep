param stage string = 'prod'
var suffix = uniqueString(resourceGroup().id)

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: format('aks-{0}-{1}', stage, take(suffix, 5))
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
  }
}
