// What is known of a module that is not at hand is enough for a verdict, but it is not what the module deploys.
module aks 'br/public:avm/res/container-service/managed-cluster:0.13.1' = {
  name: 'aks'
  params: {
    name: 'aks-shop'
    primaryAgentPoolProfiles: []
  }
}

output id string = aks.outputs.resourceId
