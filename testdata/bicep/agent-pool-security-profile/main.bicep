resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        count: 3
        vmSize: 'Standard_D4ds_v5'
        securityProfile: {
          enableSecureBoot: true
          // No such property exists on a pool; it must not be taken for the cluster's.
          defender: { securityMonitoring: { enabled: true } }
        }
      }
    ]
  }
}

resource pool 'Microsoft.ContainerService/managedClusters/agentPools@2025-05-01' = {
  parent: aks
  name: 'user'
  properties: {
    count: 2
    vmSize: 'Standard_D4ds_v5'
    securityProfile: { enableSecureBoot: true }
  }
}
