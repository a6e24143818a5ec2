using 'main.bicep'
param monitored = true
