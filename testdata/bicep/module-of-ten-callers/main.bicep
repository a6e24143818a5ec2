param flag bool = false
param unknown bool

module c0 'cluster.bicep' = {
  name: 'c0'
  params: { name: 'aks-0', monitored: false }
}

module c1 'cluster.bicep' = {
  name: 'c1'
  params: { name: 'aks-1', monitored: true }
}

module c2 'cluster.bicep' = {
  name: 'c2'
  params: { name: 'aks-2' }
}

module c3 'cluster.bicep' = {
  name: 'c3'
  params: { name: 'aks-3', monitored: flag }
}

module c4 'cluster.bicep' = {
  name: 'c4'
  params: { name: 'aks-4', monitored: !flag }
}

module c5 'cluster.bicep' = {
  name: 'c5'
  params: { name: 'aks-5', monitored: false }
}

module c6 'cluster.bicep' = {
  name: 'c6'
  params: { name: 'aks-6', monitored: true }
}

module c7 'cluster.bicep' = {
  name: 'c7'
  params: { name: 'aks-7' }
}

module c8 'cluster.bicep' = {
  name: 'c8'
  params: { name: 'aks-8', monitored: unknown }
}

module c9 'cluster.bicep' = {
  name: 'c9'
  params: { name: 'aks-9', monitored: true }
}
