resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

// Two updates of one cluster: what one of them leaves out, the other one sets. Names compare without regard to case.
module issuer 'update.bicep' = {
  name: 'issuer'
  params: {
    name: 'AKS-shop'
    properties: { oidcIssuerProfile: { enabled: true } }
  }
}

module defender 'update.bicep' = {
  name: 'defender'
  params: {
    name: 'aks-shop'
    properties: {
      securityProfile: {
        defender: {
          logAnalyticsWorkspaceResourceId: law.id
          securityMonitoring: { enabled: true }
        }
      }
    }
  }
}
