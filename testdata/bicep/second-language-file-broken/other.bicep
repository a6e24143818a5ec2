resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-other
  properties: { dnsPrefix: 'x', agentPoolProfiles: [] }
}
