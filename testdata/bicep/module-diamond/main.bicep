module left 'left.bicep' = { name: 'left' }
module right 'right.bicep' = { name: 'right' }
