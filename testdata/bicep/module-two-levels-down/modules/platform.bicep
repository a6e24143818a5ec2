param environment string
param defender bool = false

module cluster 'cluster.bicep' = {
  name: 'cluster'
  params: {
    clusterName: 'aks-${environment}'
    enableDefender: defender
  }
}
