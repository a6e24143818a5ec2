resource bare 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-bare'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'bare'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
  }
}

resource off 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-off'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'off'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
    securityProfile: { defender: { securityMonitoring: { enabled: false } } }
  }
}

resource wrong 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-wrong'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'wrong'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
    securityProfile: { defender: { logAnalyticsWorkspaceResourceId: 'law', securityMonitoring: { enabled: true } } }
  }
}
