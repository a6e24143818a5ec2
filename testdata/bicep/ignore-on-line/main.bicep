// An ignore on the line that is shown, or above it; elsewhere it hides nothing.
resource line 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'line'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: { // armguard: ignore[aks-defender-profile] on the line
    dnsPrefix: 'line'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

resource above 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'above'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  /* armguard: ignore[aks-defender-profile] above the line */
  properties: {
    dnsPrefix: 'above'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

resource wrong 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'wrong'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    // armguard: ignore[aks-defender-profile] in the wrong place
    dnsPrefix: 'wrong'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}
