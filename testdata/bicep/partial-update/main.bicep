param clusterName string

// An update of a cluster that exists: neither pools nor a DNS prefix.
resource tags 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: clusterName
  location: resourceGroup().location
  tags: { owner: 'shop' }
  properties: {
    oidcIssuerProfile: { enabled: true }
  }
}

resource off 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: '${clusterName}-old'
  location: resourceGroup().location
  properties: {
    securityProfile: {
      defender: { securityMonitoring: { enabled: false } }
    }
  }
}
