param monitored bool = true

module cluster 'cluster.bicep' = {
  name: 'cluster'
  params: {
    monitored: false
  }
}
