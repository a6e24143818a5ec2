using 'main.bicep'

// Costs.
param monitoring = false
