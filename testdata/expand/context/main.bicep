param location string = resourceGroup().location
param sku string = 'Standard_LRS'
@secure()
param password string

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'st${uniqueString(resourceGroup().id)}'
  location: location
  sku: { name: sku }
  kind: 'StorageV2'
  properties: {
    tenant: subscription().tenantId
    note: '[not an expression]'
  }

  resource blobs 'blobServices' = {
    name: 'default'
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: account
  properties: { level: 'CanNotDelete', notes: password }
}

output blob string = account.properties.primaryEndpoints.blob
output both object = { id: account.id, blob: account.properties.primaryEndpoints.blob }
output sku string = account.sku.name
output key string = account.listKeys().keys[0].value
