// armguard: ignore[aks-defender-workspace, aks-defender-profile] is replaced in May
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'aks'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

// armguard: ignore[aks-defender-profil]
// armguard: ignore[unused-ignore]
// armguard: ignore
// armguard: ignore[aks-defender-legacy-shape] not run here
resource other 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'other'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'other'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

// armguard: ignore[aks-defender-profile] behind everything
