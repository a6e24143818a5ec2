resource legacy 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'legacy'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'legacy'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}
