resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

module aks 'br/public:shop/aks:1.2.0' = {
  name: 'aks'
  params: { workspaceResourceId: law.id, monitoring: true }
}
