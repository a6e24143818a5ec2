// Every construct of the language once. It is read, and cut up, by the tests; it deploys nothing.
#disable-diagnostics no-unused-params
targetScope = 'resourceGroup'
metadata owner = { team: 'platform', 'on call': true }
import { sku as clusterSku, size, 'tag-set' as tagSet } from 'shared.bicep'
import * as names from 'br/public:names:1.0.0'
extension kubernetes with { namespace: 'default' } as k8s
extension 'br:example.azurecr.io/graph:1.0'

@export()
@description('''
  A pool
  of nodes
''')
@sealed()
type pool = {
  @minValue(1)
  count: int
  name: string?
  'os-type': 'Linux' | 'Windows' | null
  *: any
}
type kinds =
  | 'a'
  | -1
  | true
type tuple = [
  string
  @description('second')
  { x: int }[]
]
type derived = resourceInput<'Microsoft.ContainerService/managedClusters@2025-05-01'>.properties.agentPoolProfiles[*].*
type other = (names.kind | tuple[0])[]?!
@discriminator('kind')
type either = { kind: 'one', value: int } | { kind: 'two', value: string }

@secure()
param password string
@allowed(['dev', 'prod'])
param stage string = 'dev'
param resource object = {}
param pools pool[] = [{ count: 3, 'os-type': 'Linux' }]
param typed resource 'Microsoft.KeyVault/vaults@2023-07-01'

func shorten(
  text string,
  length int
) string => length(text) > length
  ? substring(text, 0, length)
  : text

var if = 1
var numbers int[] = [1, 2, 3]
var text = 'it\'s \${not} a ${'nested ${stage}'} hole \u{1F600}\n'
var lines = '''
  verbatim ${this} 'quotes'
'''
var holes = $$'''cost: $5, ${literal}, $${stage}'''
var math = -if + 2 * (3 - 4) / 5 % 6
var logic = !(if == 1) && if != 2 || (if >= 3 ?? false) && stage =~ 'DEV' || stage !~ 'x'
var chosen = stage == 'prod'
  ? 'big'
  : stage == 'dev' ? 'small' : 'none'
var safe = pools[?0].?name ?? pools[^1].name! ?? pools[?^2]!.name
var mapped = map(pools, (item, index) => { ...item, index: index, '${item.name}': [...numbers, index] })
var filtered = filter(pools, item =>
  item.count > 1)
var loop = [for (item, index) in pools: { name: item.name, index: index }]
var empty = [ /* nothing */ ]

@batchSize(2)
#disable-next-line BCP081 use-parent-property // both are known
resource cluster 'Microsoft.ContainerService/managedClusters@2025-05-01' = [
  for (item, index) in pools: if (item.count > 0) {
    name: 'aks-${index}'
    location: resourceGroup().location
    properties: { agentPoolProfiles: [item], securityProfile: { defender: { securityMonitoring: { enabled: true } } } }
  }
]
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing =
  if (stage == 'prod') {
    name: 'vault'
    scope: az.resourceGroup('other')
    resource: 'a property'
    resource secret 'secrets' = { name: 'secret', properties: {} }
    @description('nested')
    resource key 'keys@2024-11-01' = if (true) { name: secret.name }
  }
module registry './registry.bicep' = { name: 'registry', params: { vault: vault::key.id, password: password } }
module fromRegistry 'br/public:avm/res/container-registry/registry:0.9.1' = [for name in ['a', 'b']: {
  params: { name: name }
}]

assert checked = length(pools) > 0
test unit 'test.bicep' = { params: {} }
@secure()
output secret string = vault.getSecret('secret')
output whole resource = vault
output ids array = [for (p, i) in pools: cluster[i].id]
#restore-diagnostics no-unused-params
