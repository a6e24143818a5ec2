module a './a b/../a b/clüster.bicep' = {
  name: 'a'
  params: { name: 'aks' }
}
module b 'A B/clüster.bicep' = {
  name: 'b'
  params: { name: 'aks' }
}
