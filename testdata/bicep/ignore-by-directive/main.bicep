// Bicep's own directives are for its own rules, and for those of armguard.
#disable-next-line no-hardcoded-location aks-defender-profile // is replaced in May
resource next 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'next'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'next'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

#disable-diagnostics no-hardcoded-location aks-defender-profile
resource off 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'off'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'off'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

#restore-diagnostics aks-defender-profile
resource on 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'on'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'on'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}

#disable-next-line aks-defender-profle
resource misspelled 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'misspelled'
  location: 'westeurope'
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'misspelled'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}
