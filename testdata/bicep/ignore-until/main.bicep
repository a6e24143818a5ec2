// It is the 22nd of November 2026.

// armguard: ignore[aks-defender-profile] until 2026-11-22 the last day
resource last 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'last'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'last'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

// armguard: ignore[aks-defender-profile] until 2026-11-21 was to be replaced by then
resource ended 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'ended'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'ended'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

// armguard: ignore[aks-defender-profile] until 2026-02-30 no such day
resource wrong 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'wrong'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'wrong'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}
