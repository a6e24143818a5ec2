// The module lies in the cache as `bicep restore` leaves it; the finding is at the call.
module aks 'br/public:shop/aks:1.2.0' = {
  name: 'aks'
  params: {
    name: 'aks-shop'
  }
}

module missing 'br/public:shop/aks:9.9.9' = {
  name: 'missing'
  params: {
    name: 'aks-other'
  }
}
