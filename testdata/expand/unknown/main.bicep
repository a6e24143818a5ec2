param enabled bool
param subnets array
param workspace string?

resource network 'Microsoft.Network/virtualNetworks@2024-01-01' = if (enabled) {
  name: 'vnet'
  properties: {
    inUse: enabled ? 'yes' : 'no'
    subnets: [for subnet in subnets: { name: subnet.name }]
  }
}

resource rules 'Microsoft.Network/networkSecurityGroups@2024-01-01' = [for subnet in subnets: {
  name: 'nsg-${subnet.name}'
  tags: union({ a: 1 }, enabled ? { b: 2 } : {})
}]

output first string = subnets[0].name
output workspace string = workspace ?? 'none'
