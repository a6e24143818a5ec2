module cluster 'cluster.bicep' = if (false) {
  name: 'cluster'
}
