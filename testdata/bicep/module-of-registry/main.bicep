module cluster 'br/public:avm/res/container-service/managed-cluster:0.9.0' = {
  name: 'cluster'
  params: {
    name: 'aks-shop'
    primaryAgentPoolProfiles: []
  }
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: cluster.outputs.workspaceId
        securityMonitoring: { enabled: true }
      }
    }
  }
}
