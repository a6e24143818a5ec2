resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

module aks 'br/public:avm/res/container-service/managed-cluster:0.9.0' = {
  name: 'aks'
  params: {
    name: 'aks-shop'
    primaryAgentPoolProfiles: [{ name: 'system', count: 3, vmSize: 'Standard_D4ds_v5', mode: 'System' }]
    enableAzureDefender: true
    monitoringWorkspaceResourceId: law.id
  }
}
