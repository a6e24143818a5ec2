using 'main.bicep'

param monitoring = true
