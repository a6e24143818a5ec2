resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

module aks 'aks.bicep' = {
  name: 'aks'
  params: {
    security: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: {
          enabled: true
        }
      }
    }
  }
}
