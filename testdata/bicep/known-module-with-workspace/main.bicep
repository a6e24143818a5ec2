// Up to 0.11 a flag and the monitoring workspace decide; before 0.4.1 the latter had another name.
param defender bool
param workspaceId string

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'logs'
  location: resourceGroup().location
}

module on 'br/public:avm/res/container-service/managed-cluster:0.11.0' = {
  name: 'on'
  params: {
    name: 'aks-on'
    primaryAgentPoolProfiles: []
    enableAzureDefender: true
    monitoringWorkspaceResourceId: logs.id
  }
}

module old 'br/public:avm/res/container-service/managed-cluster:0.2.2' = {
  name: 'old'
  params: {
    name: 'aks-old'
    primaryAgentPoolProfile: []
    enableAzureDefender: true
    monitoringWorkspaceId: logs.id
  }
}

module noWorkspace 'br/public:avm/res/container-service/managed-cluster:0.11.0' = {
  name: 'no-workspace'
  params: {
    name: 'aks-no-workspace'
    primaryAgentPoolProfiles: []
    enableAzureDefender: true
  }
}

module wrongWorkspace 'br/public:avm/res/container-service/managed-cluster:0.10.1' = {
  name: 'wrong-workspace'
  params: {
    name: 'aks-wrong-workspace'
    primaryAgentPoolProfiles: []
    enableAzureDefender: true
    monitoringWorkspaceResourceId: logs.properties.customerId
  }
}

module off 'br/public:avm/res/container-service/managed-cluster:0.11.1' = {
  name: 'off'
  params: {
    name: 'aks-off'
    primaryAgentPoolProfiles: []
    enableAzureDefender: false
    monitoringWorkspaceResourceId: logs.id
  }
}

module open 'br/public:avm/res/container-service/managed-cluster:0.11.1' = {
  name: 'open'
  params: {
    name: 'aks-open'
    primaryAgentPoolProfiles: []
    enableAzureDefender: defender
    monitoringWorkspaceResourceId: workspaceId
  }
}
