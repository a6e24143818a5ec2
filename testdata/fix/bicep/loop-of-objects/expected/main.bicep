resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

var clusters = [
  { name: 'a', monitoring: true }
  { name: 'b', monitoring: true }
]

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = [for c in clusters: {
  name: c.name
  location: 'westeurope'
  properties: {
    dnsPrefix: c.name
    agentPoolProfiles: []
    securityProfile: {
      defender: { logAnalyticsWorkspaceResourceId: law.id, securityMonitoring: { enabled: c.monitoring } }
    }
  }
}]
