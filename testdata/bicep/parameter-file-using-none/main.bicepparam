using 'main.bicep'
extends 'base.bicepparam'
