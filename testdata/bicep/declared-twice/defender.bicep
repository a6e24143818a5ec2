param clusterName string
param workspaceId string

resource update 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: clusterName
  location: resourceGroup().location
  properties: {
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: workspaceId
        securityMonitoring: { enabled: true }
      }
    }
  }
}
