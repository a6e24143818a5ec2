using 'main.bicep'
param monitored = false
