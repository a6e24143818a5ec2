module cluster 'modules/cluster.bicep' = {
  name: 'cluster'
}
