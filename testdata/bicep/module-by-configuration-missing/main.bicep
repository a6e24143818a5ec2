module cluster 'br/public:avm/res/container-service/managed-cluster:0.9.9' = {
  name: 'cluster'
}
