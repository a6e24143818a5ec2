module clusters 'cluster.bicep' = [for (stage, at) in ['dev', 'prod']: {
  name: 'cluster-${at}'
  params: {
    stage: stage
  }
}]
