metadata description = 'An example'
metadata armguard = { ignore: { 'aks-defender-profile': 'an example, never deployed' } }

resource one 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'one'
  location: 'westeurope'
  properties: {
    dnsPrefix: 'one'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}
