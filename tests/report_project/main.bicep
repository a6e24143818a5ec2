@description('Turned on in production.')
param monitored bool = false
param location string = resourceGroup().location

module shop 'modules/cluster.bicep' = {
  name: 'shop'
  params: {
    location: location
    monitoring: monitored
  }
}

resource jobs 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'jobs'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'jobs'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4s_v5' }]
  }
}
