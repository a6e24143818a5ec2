module inner 'aks.bicep' = {
  name: 'inner'
}
