using 'main.bicep'

param defenderIsOn = false
