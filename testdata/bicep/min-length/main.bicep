// `empty(workspaceId)` is certainly false: the block is there, and only its workspace is not known.
@minLength(1)
param workspaceId string

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  properties: {
    dnsPrefix: 'shop'
    securityProfile: empty(workspaceId) ? {} : {
      defender: {
        logAnalyticsWorkspaceResourceId: workspaceId
        securityMonitoring: { enabled: true }
      }
    }
  }
}
