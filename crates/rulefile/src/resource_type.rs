//! Names of resource types.

/// Whether `name` is a full resource type: a provider with a dot, and at least one type.
pub(crate) fn is_resource_type(name: &str) -> bool {
    let mut parts = name.split('/');
    let provider = parts.next().is_some_and(|provider| provider.contains('.'));
    provider && name.contains('/') && parts.all(|part| !part.is_empty())
}

/// The message for a `name` that is not a resource type.
pub(crate) fn no_resource_type(name: &str) -> String {
    format!("`{name}` is no full resource type like `Microsoft.ContainerService/managedClusters`")
}
