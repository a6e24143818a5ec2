using none

param monitored = true
