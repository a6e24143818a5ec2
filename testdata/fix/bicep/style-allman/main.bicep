resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

@description('The cluster.')
@batchSize(1)
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = [for n in [ 'a', 'b' ]: {
  name: 'aks-${n}'
  location: 'westeurope'
  properties: {

    dnsPrefix: n

    agentPoolProfiles: []

  }
}]
