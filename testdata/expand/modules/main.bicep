targetScope = 'subscription'

param names array = ['one', 'two']
param extra bool = false

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-app'
  location: deployment().location
}

module vaults 'vault.bicep' = [for (name, i) in names: {
  name: 'vault-${i}'
  scope: group
  params: { name: 'kv-${name}', tier: i == 0 ? 'premium' : null }
}]

module never 'vault.bicep' = if (extra) {
  name: 'never'
  scope: group
  params: { name: 'kv-never' }
}

output uris array = [for i in range(0, length(names)): vaults[i].outputs.name]
output never string? = never.?outputs.name
