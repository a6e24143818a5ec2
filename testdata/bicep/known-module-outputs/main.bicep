// Of a known module only the cluster's profile is known: its outputs are not, and names cannot be imported from it.
import { setting } from 'br/public:avm/res/container-service/managed-cluster:0.13.0'

module aks 'br/public:avm/res/container-service/managed-cluster:0.13.0' = {
  name: 'aks'
  params: {
    name: 'aks-shop'
    primaryAgentPoolProfiles: []
    securityProfile: setting
  }
}

resource other 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks-other'
  location: resourceGroup().location
  identity: { type: 'SystemAssigned' }
  properties: {
    dnsPrefix: 'other'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
    securityProfile: aks.outputs.profile
  }
}
