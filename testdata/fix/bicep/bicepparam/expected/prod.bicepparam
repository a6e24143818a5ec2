using 'main.bicep'

param monitoring = true // for now
