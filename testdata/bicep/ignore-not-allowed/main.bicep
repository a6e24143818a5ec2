// It is the 22nd of November 2026.

// armguard: ignore[aks-defender-profile] until 2026-12-22 is replaced by then
resource right 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'right'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'right'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

// armguard: ignore[aks-defender-profile] until 2026-12-22
resource noreason 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'noreason'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'noreason'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

// armguard: ignore[aks-defender-profile] is replaced one day
resource noend 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'noend'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'noend'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

// armguard: ignore[aks-defender-profile] until 2026-12-23 is replaced by then
resource toolong 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'toolong'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'toolong'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}
