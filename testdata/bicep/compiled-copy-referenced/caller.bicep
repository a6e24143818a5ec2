module copy 'main.json' = {
  name: 'copy'
}
