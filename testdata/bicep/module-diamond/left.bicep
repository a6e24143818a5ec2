module cluster 'cluster.bicep' = {
  name: 'cluster'
  params: { name: 'aks-left', monitored: false }
}
