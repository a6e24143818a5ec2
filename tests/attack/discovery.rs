//! Hiding a cluster from the gate by what a change adds beside it.
