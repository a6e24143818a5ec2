// Neither version was ever published as far as is known: nothing is said of their clusters.
module newer 'br/public:avm/res/container-service/managed-cluster:99.0.0' = {
  name: 'newer'
  params: {
    name: 'aks-newer'
    primaryAgentPoolProfiles: []
  }
}

module elsewhere 'br:shop.azurecr.io/bicep/avm/res/container-service/managed-cluster:0.11.0' = {
  name: 'elsewhere'
  params: {
    name: 'aks-elsewhere'
    primaryAgentPoolProfiles: []
  }
}

// Of another module of the registry nothing is known.
module registry 'br/public:avm/res/container-registry/registry:0.9.1' = {
  name: 'registry'
  params: {
    name: 'shop'
  }
}
