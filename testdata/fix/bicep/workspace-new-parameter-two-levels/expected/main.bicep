param name string = 'shop'

@description('Resource id of the Log Analytics workspace to which Microsoft Defender sends its data.')
param logAnalyticsWorkspaceResourceId string

module platform 'modules/platform.bicep' = {
  name: 'platform'
  params: {
    name: name
    logAnalyticsWorkspaceResourceId: logAnalyticsWorkspaceResourceId
  }
}
