resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: 'law-platform'
}

module a 'aks.bicep' = {
  name: 'a'
}

module b 'aks.bicep' = {
  name: 'b'
}
