// Patterns that deploy the cluster through the module.
param monitoring bool

module azd 'br/public:avm/ptn/azd/aks:0.2.0' = {
  name: 'azd'
  params: {
    name: 'aks-azd'
    monitoringWorkspaceResourceId: resourceId('Microsoft.OperationalInsights/workspaces', 'logs')
  }
}

module automatic 'br/public:avm/ptn/azd/aks-automatic-cluster:0.3.0' = {
  name: 'automatic'
  params: {
    name: 'aks-automatic'
  }
}

module mining 'br/public:avm/ptn/sa/document-knowledge-mining:0.3.0' = {
  name: 'mining'
  params: {
    solutionName: 'mine'
  }
}

module offByDefault 'br/public:avm/ptn/sa/document-knowledge-mining:0.4.0' = {
  name: 'off-by-default'
  params: {
    solutionName: 'mine'
  }
}

module on 'br/public:avm/ptn/sa/document-knowledge-mining:0.4.0' = {
  name: 'on'
  params: {
    solutionName: 'mine'
    enablePrivateNetworking: true
    enableMonitoring: true
  }
}

// Whether the workspace is deployed cannot be told.
module open 'br/public:avm/ptn/sa/document-knowledge-mining:0.4.0' = {
  name: 'open'
  params: {
    solutionName: 'mine'
    enablePrivateNetworking: true
    enableMonitoring: monitoring
  }
}
