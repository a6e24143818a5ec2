module cluster 'br/public:avm/res/container-service/managed-cluster:0.9.9' = {
  name: 'cluster'
  params: { monitored: false }
}

module pinned 'br:shop.azurecr.io/bicep/cluster:v2' = {
  name: 'pinned'
}
