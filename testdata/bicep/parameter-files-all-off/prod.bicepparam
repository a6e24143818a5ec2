using 'main.bicep'

var on = true

param monitored = !on
