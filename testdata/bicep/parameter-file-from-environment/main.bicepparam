using 'main.bicep'

param monitored = bool(readEnvironmentVariable('MONITORED'))
