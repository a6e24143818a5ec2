param name string = 'shop'

module platform 'modules/platform.bicep' = {
  name: 'platform'
  params: {
    name: name
  }
}
