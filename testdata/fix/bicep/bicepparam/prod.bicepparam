using 'main.bicep'

param monitoring = false // for now
