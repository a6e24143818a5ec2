param name string

@description('Resource id of the Log Analytics workspace to which Microsoft Defender sends its data.')
param logAnalyticsWorkspaceResourceId string

module aks 'aks.bicep' = {
  name: 'aks-${name}'
  params: { name: name, logAnalyticsWorkspaceResourceId: logAnalyticsWorkspaceResourceId }
}
