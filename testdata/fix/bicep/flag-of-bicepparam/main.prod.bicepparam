using 'main.bicep'

param defenderIsOn = true
