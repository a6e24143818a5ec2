// The module is not in the cache, but it is known what this version does when nothing is passed.
module aks 'br/public:avm/res/container-service/managed-cluster:0.9.0' = {
  name: 'aks'
  params: {
    name: 'aks-shop'
    primaryAgentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
  }
}

module newer 'br/public:avm/res/container-service/managed-cluster:0.13.1' = {
  name: 'newer'
  params: {
    name: 'aks-newer'
    primaryAgentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' }]
  }
}
