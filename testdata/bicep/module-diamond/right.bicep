module cluster 'cluster.bicep' = {
  name: 'cluster'
  params: { name: 'aks-right', monitored: true }
}
