module blue 'cluster.bicep' = {
  name: 'blue'
  params: { name: 'aks-blue', monitored: true }
}

module green 'cluster.bicep' = {
  name: 'green'
  params: { name: 'aks-green' }
}
