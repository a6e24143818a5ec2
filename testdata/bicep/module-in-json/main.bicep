module cluster 'cluster.json' = {
  name: 'cluster'
  params: {
    monitored: false
  }
}
