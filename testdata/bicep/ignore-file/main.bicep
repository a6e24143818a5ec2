// armguard: ignore-file[aks-defender-profile] an example, never deployed
targetScope = 'resourceGroup'

resource one 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'one'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'one'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

resource two 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'two'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'two'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

// armguard: ignore-file[aks-defender-profile] too late
