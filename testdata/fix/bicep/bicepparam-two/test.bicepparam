using 'main.bicep'

param monitoring = false
