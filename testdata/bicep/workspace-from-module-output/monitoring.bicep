param name string

resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: resourceGroup().location
}

output id string = law.id
output customerId string = law.properties.customerId
