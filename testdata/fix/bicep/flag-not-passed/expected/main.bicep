module aks 'aks.bicep' = {
  name: 'aks'
  params: {
    enableDefender: true
  }
}
