resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv-shop'
}

module cluster 'cluster.bicep' = {
  name: 'cluster'
  params: {
    workspaceId: vault.getSecret('workspace-id')
  }
}
