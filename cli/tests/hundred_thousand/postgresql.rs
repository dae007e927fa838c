//! PostgreSQL, as the collector's own tests start it.

#[path = "../../../collector/tests/support/cluster.rs"]
pub mod cluster;
#[path = "../../../collector/tests/support/system.rs"]
mod system;
