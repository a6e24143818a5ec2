param monitored bool = false

resource law 'microsoft.operationalinsights/Workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

resource aks 'microsoft.containerservice/MANAGEDCLUSTERS@2025-05-01' = {
  name: 'aks-shop'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsprefix: 'shop'
    AgentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
    SecurityProfile: {
      Defender: {
        loganalyticsworkspaceresourceid: law.id
        securitymonitoring: { Enabled: monitored }
      }
    }
  }
}
