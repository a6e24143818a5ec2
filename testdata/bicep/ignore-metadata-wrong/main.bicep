// It is the 22nd of November 2026.
param why string = 'why'

metadata armguard = {
  ignore: {
    'aks-defender-profile': 'until 2026-11-21 was to be replaced by then'
    'aks-defender-workspace': 'nothing to hide'
    'aks-defender-profil': ''
    'aks-defender-workspace-id': why
    'unused-ignore': 'cannot be ignored'
  }
  ignores: {}
}
metadata armguard = {
  ignore: 'aks-defender-profile'
  'aks-defender-profile': 'why'
}
metadata armguard = 'aks-defender-profile'
metadata armguard = { ...{ ignore: {} } }

resource one 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'one'
  location: 'westeurope'
  properties: {
    dnsPrefix: 'one'
    agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D2s_v5' }]
  }
}
