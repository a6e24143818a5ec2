param deploy bool
param never bool = false

module maybe 'cluster.bicep' = if (deploy) {
  name: 'maybe'
  params: { name: 'aks-maybe' }
}

module off 'cluster.bicep' = if (never) {
  name: 'off'
  params: { name: 'aks-off' }
}
