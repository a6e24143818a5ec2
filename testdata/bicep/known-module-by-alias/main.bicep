// The same version by three names: one that the configuration gives, the built-in one, and in full.
module alias 'br/avm:container-service/managed-cluster:0.11.0' = {
  name: 'alias'
  params: {
    name: 'aks-alias'
  }
}

module builtIn 'br/public:avm/res/container-service/managed-cluster:0.11.0' = if (true) {
  name: 'built-in'
  params: {
    name: 'aks-built-in'
    enableAzureDefender: true
    monitoringWorkspaceResourceId: resourceId('Microsoft.OperationalInsights/workspaces', 'logs')
  }
}

module full 'br:mcr.microsoft.com/bicep/avm/res/container-service/managed-cluster:0.11.0' = [for name in ['a', 'b']: {
  name: 'full-${name}'
  params: {
    name: 'aks-${name}'
    enableAzureDefender: name == 'a'
    monitoringWorkspaceResourceId: resourceId('Microsoft.OperationalInsights/workspaces', 'logs')
  }
}]
