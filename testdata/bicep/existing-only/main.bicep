resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' existing = {
  name: 'aks-shop'
}

output fqdn string = aks.properties.fqdn
