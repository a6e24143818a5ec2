// From 0.12 on the module passes `securityProfile` through.
resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: 'logs'
  location: resourceGroup().location
}

module on 'br/public:avm/res/container-service/managed-cluster:0.12.0' = {
  name: 'on'
  params: {
    name: 'aks-on'
    primaryAgentPoolProfiles: []
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: logs.id
        securityMonitoring: { enabled: true }
      }
    }
  }
}

module off 'br/public:avm/res/container-service/managed-cluster:0.13.0' = {
  name: 'off'
  params: {
    name: 'aks-off'
    primaryAgentPoolProfiles: []
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: logs.id
        securityMonitoring: { enabled: false }
      }
    }
  }
}

module other 'br/public:avm/res/container-service/managed-cluster:0.14.0' = {
  name: 'other'
  params: {
    name: 'aks-other'
    primaryAgentPoolProfiles: []
    securityProfile: {
      workloadIdentity: { enabled: true }
    }
  }
}

// These versions have an apiVersion without gating.
module gating 'br/public:avm/res/container-service/managed-cluster:0.13.1' = {
  name: 'gating'
  params: {
    name: 'aks-gating'
    primaryAgentPoolProfiles: []
    securityProfile: {
      defender: {
        logAnalyticsWorkspaceResourceId: logs.id
        securityMonitoring: { enabled: true }
        securityGating: { enabled: true }
      }
    }
  }
}

// What was the flag is no parameter any more.
module left 'br/public:avm/res/container-service/managed-cluster:0.12.0' = {
  name: 'left'
  params: {
    name: 'aks-left'
    primaryAgentPoolProfiles: []
    enableAzureDefender: true
    monitoringWorkspaceResourceId: logs.id
  }
}
