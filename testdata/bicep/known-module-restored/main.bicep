// What lies in the cache is read, whatever is known of the version: this one turns Defender on.
module aks 'br/public:avm/res/container-service/managed-cluster:0.11.0' = {
  name: 'aks'
  params: {
    name: 'aks-shop'
  }
}
