module one 'aks.bicep' = {
  name: 'one'
}

// armguard: ignore[aks-defender-profile] is replaced in May
module two 'aks.bicep' = {
  name: 'two'
}

module three 'deep.bicep' = { // armguard: ignore[aks-defender-profile] the whole stack
  name: 'three'
}
