param given bool?

module cluster 'cluster.bicep' = {
  name: 'cluster'
  params: {
    monitored: given
  }
}
