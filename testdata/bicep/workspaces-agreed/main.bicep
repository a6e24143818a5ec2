param region string
param workspaceId string

resource agreed 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-agreed'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'agreed'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
    securityProfile: { defender: { logAnalyticsWorkspaceResourceId: '/subscriptions/7f3c1a52-0b7e-4a44-9d5c-2f6f0d1e8a90/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/LAW-platform-we', securityMonitoring: { enabled: true } } }
  }
}

resource other 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-other'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'other'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
    securityProfile: { defender: { logAnalyticsWorkspaceResourceId: '/subscriptions/7f3c1a52-0b7e-4a44-9d5c-2f6f0d1e8a90/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/law-shop', securityMonitoring: { enabled: true } } }
  }
}

resource passed 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-passed'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'passed'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
    securityProfile: { defender: { logAnalyticsWorkspaceResourceId: workspaceId, securityMonitoring: { enabled: true } } }
  }
}

resource region 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-region'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'region'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
    securityProfile: { defender: { logAnalyticsWorkspaceResourceId: '/subscriptions/7f3c1a52-0b7e-4a44-9d5c-2f6f0d1e8a90/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/law-platform-${region}', securityMonitoring: { enabled: true } } }
  }
}
