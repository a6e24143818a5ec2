param name string
param properties object

resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: name
  location: resourceGroup().location
  properties: properties
}
