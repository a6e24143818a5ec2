param clusterName string
param defender bool = false
param workspaceId string = ''

module aks 'br/public:avm/res/container-service/managed-cluster:0.11.0' = {
  name: 'aks'
  params: {
    name: clusterName
    primaryAgentPoolProfiles: []
    enableAzureDefender: defender
    monitoringWorkspaceResourceId: workspaceId
  }
}
