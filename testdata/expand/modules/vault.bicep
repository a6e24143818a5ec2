param name string
param tier string = 'standard'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: name
  location: resourceGroup().location
  properties: { sku: { name: tier, family: 'A' }, group: resourceGroup().name }
}

output name string = vault.name
