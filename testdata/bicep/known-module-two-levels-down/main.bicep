module platform 'modules/aks.bicep' = {
  name: 'platform'
  params: {
    clusterName: 'aks-shop'
  }
}
