module platform 'modules/platform.bicep' = {
  name: 'platform'
  params: {
    environment: 'prod'
  }
}
