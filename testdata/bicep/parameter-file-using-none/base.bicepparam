using none
param monitored = false
