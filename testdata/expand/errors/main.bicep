param list array = [1, 2]

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'account'
  properties: {
    wrong: list[5]
    dead: true ? 'fine' : list[5]
    missing: { a: 1 }.b
    fine: length(list)
  }
}

module gone 'gone.bicep' = {
  name: 'gone'
}
