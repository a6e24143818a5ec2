resource script 'Microsoft.Resources/deploymentScripts@2023-08-01' = {
  name: 'start'
  kind: 'AzureCLI'
  properties: {
    scriptContent: loadTextContent('start.sh')
    encoded: loadFileAsBase64('./start.sh')
    ports: map(loadJsonContent('rules.json').rules, rule => rule.port)
    first: loadJsonContent('rules.json', '.rules[0].port')
    cpu: loadYamlContent('app.yaml').limits.cpu
    missing: loadTextContent('missing.txt')
  }
}

output scripts array = map(loadDirectoryFileInfo('.', '*.sh'), file => file.baseName)
