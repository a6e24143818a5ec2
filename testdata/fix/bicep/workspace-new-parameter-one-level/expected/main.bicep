@description('Resource id of the Log Analytics workspace to which Microsoft Defender sends its data.')
param logAnalyticsWorkspaceResourceId string

module aks 'aks.bicep' = {
  name: 'aks'
  params: {
    logAnalyticsWorkspaceResourceId: logAnalyticsWorkspaceResourceId
  }
}
