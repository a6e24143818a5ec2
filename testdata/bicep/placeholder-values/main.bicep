var placeholders = [
  '__WORKSPACE_ID__'
  '#{WorkspaceId}#'
  '\${WORKSPACE_ID=none}'
  '$(workspaceId)'
  '<workspace id>'
]

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = [for (workspace, at) in placeholders: {
  name: 'aks-${at}'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: workspace
        securityMonitoring: { enabled: true }
      }
    }
  }
}]
