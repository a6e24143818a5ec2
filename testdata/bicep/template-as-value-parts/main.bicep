// Each deployment has a template that is a value of which a part is not known before deployment.

param chosen bool
param prefix string
param kind string
param template object
param more array

var shielded = {
  securityProfile: {
    defender: {
      logAnalyticsWorkspaceResourceId: resourceId('Microsoft.OperationalInsights/workspaces', 'law')
      securityMonitoring: { enabled: true }
    }
  }
}
var bare = json('{ "resources": [{ "type": "Microsoft.ContainerService/managedClusters", "apiVersion": "2024-09-01", "name": "bare", "location": "westeurope", "properties": { "dnsPrefix": "bare" } }] }')

// A name.
resource named 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'named'
  properties: { mode: 'Incremental', template: union({ resources: [cluster('${prefix}-named', shielded)] }, {}) }
}

// A value that is one thing or another, and one is bad.
resource valued 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'valued'
  properties: { mode: 'Incremental', template: { resources: [cluster('valued', chosen ? shielded : { dnsPrefix: 'x' })] } }
}

// The whole, deployed or not.
resource whole 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'whole'
  properties: { mode: 'Incremental', template: chosen ? bare : {} }
}

// One template or the other: in both there is a cluster.
resource either 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'either'
  properties: { mode: 'Incremental', template: chosen ? bare : { resources: [cluster('other', shielded)] } }
}

// Of two that never are deployed together, neither is missing what only the other needs.
resource listed 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'listed'
  properties: { mode: 'Incremental', template: { resources: concat([cluster('first', shielded)], chosen ? bare.resources : []) } }
}

// More than is known.
resource open 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'open'
  properties: { mode: 'Incremental', template: { resources: concat(bare.resources, more) } }
}

// A type that is not known: this may be a cluster.
resource typed 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'typed'
  properties: { mode: 'Incremental', template: { resources: [{ type: kind, apiVersion: '2024-09-01', name: 'x' }] } }
}

// Nothing is known.
resource given 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'given'
  properties: { mode: 'Incremental', template: template }
}

// Nothing is deployed, whatever is chosen.
resource nothing 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'nothing'
  properties: { mode: 'Incremental', template: chosen ? { resources: [] } : {} }
}

// What is not known is never read as an expression, though a text made of it may be one.
resource expression 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'expression'
  properties: {
    mode: 'Incremental'
    template: {
      resources: [cluster('expression', { securityProfile: { defender: { securityMonitoring: { enabled: chosen ? '[equals(1, 1)]' : '[equals(1, 2)]' } } } })]
    }
  }
}

// A template in the template, with names of its own.
resource nested 'Microsoft.Resources/deployments@2022-09-01' = {
  name: 'nested'
  properties: {
    mode: 'Incremental'
    template: {
      resources: [
        {
          type: 'Microsoft.Resources/deployments'
          apiVersion: '2022-09-01'
          name: 'inner'
          properties: {
            mode: 'Incremental'
            expressionEvaluationOptions: { scope: 'inner' }
            template: { resources: [cluster('${prefix}-nested', { dnsPrefix: prefix })] }
          }
        }
      ]
    }
  }
}

func cluster(name string, properties object) object => {
  type: 'Microsoft.ContainerService/managedClusters'
  apiVersion: '2024-09-01'
  name: name
  location: 'westeurope'
  properties: properties
}
