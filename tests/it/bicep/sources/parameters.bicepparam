using './main.bicep' with { mode: 'deployment' }
extends '../base.bicepparam'
import { sku } from 'shared.bicep'
import * as names from 'names.bicep'
extension kubernetes as k8s
extensionConfig k8s with { namespace: 'x' }
type stages = 'dev' | 'prod'
var prefix string = 'aks'
@description('how many')
param count = 1 + base.count
param names = [for n in ['a', 'b']: '${prefix}-${n}']
param secret = az.getSecret('subscription', 'group', 'vault', 'secret')
param region = readEnvironmentVariable('REGION', names.region)
