param name string

module aks 'aks.bicep' = {
  name: 'aks-${name}'
  params: { name: name }
}
