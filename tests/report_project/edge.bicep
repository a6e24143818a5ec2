param securityProfile object
param location string =

resource edge 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'edge'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'edge'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D4s_v5' }]
    securityProfile: securityProfile
  }
}
