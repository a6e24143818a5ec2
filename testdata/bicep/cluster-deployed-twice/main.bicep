resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

// Both deploy one cluster, each as a whole: what the first one sets does not make up for the second one.
module protected 'cluster.bicep' = {
  name: 'protected'
  params: {
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: law.id
        securityMonitoring: { enabled: true }
      }
    }
  }
}

module bare 'cluster.bicep' = {
  name: 'bare'
  params: { securityProfile: {} }
}
