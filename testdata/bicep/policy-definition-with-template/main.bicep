targetScope = 'subscription'

resource policy 'Microsoft.Authorization/policyDefinitions@2023-04-01' = {
  name: 'aks-defender'
  properties: {
    policyType: 'Custom'
    mode: 'Indexed'
    policyRule: {
      if: { field: 'type', equals: 'Microsoft.ContainerService/managedClusters' }
      then: {
        effect: 'deployIfNotExists'
        details: {
          type: 'Microsoft.ContainerService/managedClusters'
          deployment: {
            properties: {
              mode: 'incremental'
              template: {
                '$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
                contentVersion: '1.0.0.0'
                resources: [
                  {
                    type: 'Microsoft.ContainerService/managedClusters'
                    apiVersion: '2025-05-01'
                    name: 'aks-shop'
                    properties: { dnsPrefix: 'shop', agentPoolProfiles: [] }
                  }
                ]
              }
            }
          }
        }
      }
    }
  }
}
