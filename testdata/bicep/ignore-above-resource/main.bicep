// Above the resource, also above its decorators, an ignore is for all of it.

// armguard: ignore[aks-defender-profile] is replaced in May
@description('Old')
resource above 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'above'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'above'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

@description('Old')
// armguard: ignore[aks-defender-profile] is replaced in May
resource between 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'between'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'between'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

resource other 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'other'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'other'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}
