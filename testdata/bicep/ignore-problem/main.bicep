// armguard: ignore[module-not-found] is made by the build
module aks 'made/aks.bicep' = {
  name: 'aks'
}

module other 'made/other.bicep' = {
  name: 'other'
}
