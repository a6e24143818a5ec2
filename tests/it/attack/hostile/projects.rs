//! Projects with places in which somebody may write what they want: `«name:notation»`.

/// A file: its path and its text, both with places.
pub(super) type File = (&'static str, &'static str);

/// Places that do not disturb each other share a project. What may end the reading of a file has one of its own.
pub(super) const PROJECTS: &[(&str, &[File])] = &[
    ("strings of Bicep", &[("main.bicep", STRINGS)]),
    ("comments of Bicep", &[("main.bicep", COMMENTS)]),
    ("type of a resource", &[("main.bicep", TYPE)]),
    ("api version", &[("main.bicep", API_VERSION)]),
    ("wrong syntax", &[("main.bicep", "«syntax of Bicep:raw»\nresource aks 'x' = {")]),
    ("name of a symbol", &[("main.bicep", "param «symbol:raw» string\noutput x string = «symbol used:raw»\n")]),
    ("references", &[("main.bicep", REFERENCES)]),
    ("names in JSON", &[("main.json", JSON)]),
    (
        "syntax of JSON",
        &[(
            "main.json",
            "{ \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#\", «syntax of JSON:raw» }",
        )],
    ),
    ("configuration", &[("armguard.toml", CONFIGURATION), ("main.bicep", CLUSTER), ("b/main.bicep", CLUSTER)]),
    (
        "key of the configuration",
        &[("armguard.toml", "\"«key of the configuration:toml»\" = 1\n"), ("main.bicep", CLUSTER)],
    ),
    (
        "syntax of the configuration",
        &[("armguard.toml", "«syntax of the configuration:raw»\n"), ("main.bicep", CLUSTER)],
    ),
    (
        "names of files",
        &[("«folder:file»/«template:file».bicep", CLUSTER), ("«module:file».bicep", "param x int = y\n")],
    ),
    ("parameter files", PARAMETERS),
    ("ignores", &[("main.bicep", IGNORES), ("b/main.bicep", MORE_IGNORES)]),
    (
        "rule of one's own",
        &[
            ("armguard.toml", "[rules]\npaths = ['rules']\nselect = ['own-rule']\n"),
            ("rules/own-rule.md", RULE),
            ("main.bicep", CLUSTER),
        ],
    ),
    ("baseline", &[("armguard-baseline.json", BASELINE), ("main.bicep", CLUSTER)]),
    (
        "configuration of Bicep",
        &[("bicepconfig.json", BICEP_CONFIG), ("main.bicep", "module m 'br/own:x:1' = { name: 'm' }\n")],
    ),
];

const CLUSTER: &str = "resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: { dnsPrefix: 'x', agentPoolProfiles: [] }
}
";

const STRINGS: &str = "@description('«description:bicep»')
param given string = '«default:bicep»'
param list array = ['«item:bicep»', '«other item:bicep»']
param flag string
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: '«name:bicep»${given}'
  location: '«location:bicep»'
  tags: { '«tag:bicep»': '«value of a tag:bicep»' }
  properties: {
    dnsPrefix: 'x'
    agentPoolProfiles: []
    securityProfile: { '«key:bicep»': 1, defender: { securityMonitoring: { enabled: '«wrong value:bicep»' } } }
  }
}
resource each 'Microsoft.ContainerService/managedClusters@2025-05-01' = [for item in list: {
  name: item
  location: '''«text of several lines:raw»'''
  properties: { dnsPrefix: item, agentPoolProfiles: [] }
}]
resource some 'Microsoft.ContainerService/managedClusters@2025-05-01' = if (flag == '«condition:bicep»') {
  name: 'some'
  location: 'westeurope'
  properties: { dnsPrefix: 'x', agentPoolProfiles: [], securityProfile: flag == '«compared:bicep»' ? {} : null }
}
output text string = '«output:bicep»'
";

const COMMENTS: &str = "// «comment:raw»
/* «comment of several lines:raw» */
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = { // «comment on the line:raw»
  name: 'aks'
  location: 'westeurope'
  properties: { dnsPrefix: 'x', agentPoolProfiles: [] } // «comment behind:raw»
}
";

const TYPE: &str = "resource aks '«type:bicep»@2025-05-01' = {\n  name: 'x'\n}\n";

const API_VERSION: &str = "resource aks 'Microsoft.ContainerService/managedClusters@«api version:bicep»' = {
  name: 'x'
  properties: { dnsPrefix: 'x', agentPoolProfiles: [] }
}
";

const REFERENCES: &str = "import { x } from '«import:bicep»'
module local '«module path:bicep»' = { name: '«name of a module:bicep»' }
module far 'br/public:«module reference:bicep»' = { name: 'far' }
module spec 'ts:«template spec:bicep»' = { name: 'spec' }
output text string = loadTextContent('«loaded file:bicep»')
output json object = loadJsonContent('main.bicep', '«path in a file:bicep»')
";

const JSON: &str = r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "languageVersion": "2.0",
  "metadata": { "x": "«metadata:json»", "armguard": { "ignore": { "«ignored in metadata:json»": "«reason in metadata:json»" } } },
  "parameters": { "«parameter:json»": { "type": "string", "defaultValue": "[«expression:json»" } },
  "variables": { "«variable:json»": "[nothing('«argument:json»')]" },
  "resources": {
    "«symbolic name:json»": {
      "type": "Microsoft.ContainerService/managedClusters",
      "apiVersion": "2025-05-01",
      "name": "«name in JSON:json»",
      "location": "[parameters('«parameter used:json»')]",
      "properties": { "dnsPrefix": "x", "agentPoolProfiles": [], "«key in JSON:json»": 1 }
    },
    "linked": {
      "type": "Microsoft.Resources/deployments",
      "apiVersion": "2025-04-01",
      "name": "«name of a deployment:json»",
      "properties": { "mode": "Incremental", "templateLink": { "relativePath": "«linked template:json»" } }
    }
  }
}
"#;

const CONFIGURATION: &str = "[[contexts]]
name = \"«context:toml»\"
templates = ['main.bicep']
set = { gone = \"«value of a context:toml»\" }
[[overrides]]
paths = [\"b/**\"]
ignore = ['aks-defender-profile']
reason = \"«reason of an override:toml»\"
[files]
exclude = [\"«excluded:toml»\"]
[modules]
\"br/public:«module of the configuration:toml»:*\" = \"«target of a module:toml»\"
";

const PARAMETERS: &[File] = &[
    (
        "main.bicep",
        "param name string\nparam other string = ''\nresource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {\n  name: '${name}${other}'\n  properties: { dnsPrefix: name, agentPoolProfiles: [], securityProfile: { defender: { securityMonitoring: { enabled: name } } } }\n}\n",
    ),
    (
        "main.parameters.json",
        "{ \"$schema\": \"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#\", \"contentVersion\": \"1.0.0.0\", \"parameters\": { \"name\": { \"value\": \"«value in JSON:json»\" }, \"other\": { \"value\": \"«other value:json»\" } } }",
    ),
    ("«parameter file:file».bicepparam", "using 'main.bicep'\nparam name = '«value:bicep»'\n"),
    ("gone.bicepparam", "using '«using:bicep»'\nparam «assigned:raw» = 1\n"),
];

const IGNORES: &str = "// armguard: ignore[aks-defender-profile] «reason:raw»
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  properties: { dnsPrefix: 'x', agentPoolProfiles: [] }
}
// armguard: ignore[«ignored rule:raw»] x
resource b 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'b'
  properties: { dnsPrefix: 'x', agentPoolProfiles: [] }
}
";

const MORE_IGNORES: &str = "// armguard: ignore[aks-defender-profile] until «end of an ignore:raw»
#disable-next-line aks-defender-profile «directive:raw»
// armguard: ignore[aks-defender-profile] in «context of an ignore:raw» x
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'aks'
  properties: { dnsPrefix: 'x', agentPoolProfiles: [] }
}
";

const RULE: &str = "---
severity: low
resource: Microsoft.ContainerService/managedClusters
noun: \"«noun:json»\"
require: { path: properties.x, exists: true }
message: \"{noun} «message:json»\"
labels: { failed: \"«label:json»\", absent: \"«label of what is absent:json»\" }
help: \"«help:json»\"
links: [\"https://example.org/«link:json»\"]
---
# own-rule

«page:raw»

## Why

x

## Remediation

x

## Examples

```bicep fail
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'a'
}
```

```text finding
```

```bicep pass
resource aks 'Microsoft.ContainerService/managedClusters@2025-05-01' = {
  name: 'a'
  properties: { x: 1 }
}
```
";

const BASELINE: &str = r#"{
  "version": 1,
  "findings": [
    {
      "path": "main.bicep",
      "rule": "aks-defender-profile",
      "type": "microsoft.containerservice/managedclusters",
      "resource": "«resource of the baseline:json»",
      "calls": ["«call of the baseline:json»"],
      "property": "«property of the baseline:json»",
      "instance": "«instance of the baseline:json»",
      "contexts": ["«context of the baseline:json»"]
    },
    {
      "path": "«path of the baseline:json»",
      "rule": "«rule of the baseline:json»",
      "type": "«type of the baseline:json»",
      "resource": "aks",
      "contexts": ["main.bicep"]
    }
  ]
}
"#;

const BICEP_CONFIG: &str = r#"{ "moduleAliases": { "br": { "own": { "registry": "«registry:json»", "modulePath": "«path of modules:json»" } } }, "cacheRootDirectory": "«cache:json»" }"#;
