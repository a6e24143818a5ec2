@export()
var stage = 'dev'

@export()
var defenderOn = true

@export()
func profile(workspaceId string, enabled bool) object => {
  defender: {
    logAnalyticsWorkspaceResourceId: workspaceId
    securityMonitoring: { enabled: enabled }
  }
}
