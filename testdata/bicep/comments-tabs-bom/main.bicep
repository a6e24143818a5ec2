// The shop's cluster.
resource law 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = { name: 'law-platform' }

/* resource old 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
	name: 'old'
} */
#disable-next-line BCP081
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
	name: 'aks-shop' // its 'name'
	location: resourceGroup().location
	properties: {
		dnsPrefix: 'shop'
		agentPoolProfiles: [ { name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4ds_v5' } ]
		/* securityProfile: null */
		securityProfile: {
			defender: {
				logAnalyticsWorkspaceResourceId: law.id
				securityMonitoring: { enabled: /* for now */ false }
			}
		}
	}
}
