targetScope = 'subscription'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-shop'
  location: 'westeurope'
}

module here 'cluster.bicep' = {
  name: 'here'
  scope: group
  params: { expected: '/subscriptions/${subscription().subscriptionId}/resourceGroups/rg-shop' }
}

module there 'cluster.bicep' = {
  name: 'there'
  scope: resourceGroup('11111111-1111-1111-1111-111111111111', 'rg-there')
  params: { expected: '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-there' }
}
