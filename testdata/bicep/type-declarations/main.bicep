@discriminator('kind')
type profile = { kind: 'on', workspaceId: string } | { kind: 'off' }

@sealed()
type cluster = {
  name: string
  profile: profile?
  *: string
}

param clusters cluster[] = [
  { name: 'aks-shop', profile: { kind: 'off' } }
]

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: clusters[0].name
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'shop'
    agentPoolProfiles: [
      { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }
    ]
    securityProfile: clusters[0].?profile.?kind == 'on' ? {
      defender: {
        logAnalyticsWorkspaceResourceId: clusters[0].profile!.workspaceId
        securityMonitoring: { enabled: true }
      }
    } : null
  }
}
