//! The small shop that the demo puts at stake.

use super::DemoError;
use super::cluster::{Cluster, SUPERUSER};
use std::net::SocketAddr;
use tokio_postgres::{Client, Config, NoTls};

/// The shop's database.
pub const DATABASE: &str = "shop";
/// The copy of it that plays the backup.
pub const BACKUP: &str = "shop_backup";
/// The role whose password the agent was given: a superuser, as in the story.
pub const AGENT: &str = "agent";

/// Makes and fills both databases.
pub(super) async fn load(cluster: &Cluster) -> Result<(), DemoError> {
    let maintenance = connect(cluster.address(), SUPERUSER, "postgres").await?;
    maintenance.batch_execute(&format!("CREATE DATABASE {DATABASE}")).await.map_err(DemoError::Shop)?;
    let shop = connect(cluster.address(), SUPERUSER, DATABASE).await?;
    shop.batch_execute(include_str!("shop.sql")).await.map_err(DemoError::Shop)?;
    // A database can be the template of another only while nobody is connected to it.
    shop.close().await;
    let copy = format!("CREATE DATABASE {BACKUP} TEMPLATE {DATABASE}");
    maintenance.batch_execute(&copy).await.map_err(DemoError::Shop)
}

/// A session that knows when its socket is closed.
#[derive(Debug)]
pub(super) struct Session {
    client: Client,
    driver: tokio::task::JoinHandle<()>,
}

impl Session {
    /// Ends the session and waits until the socket is closed.
    pub(super) async fn close(self) {
        drop(self.client);
        self.driver.await.ok();
    }
}

impl std::ops::Deref for Session {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Opens a session, without a password.
pub(super) async fn connect(address: SocketAddr, user: &str, database: &str) -> Result<Session, DemoError> {
    open(address, user, database).await.map_err(|source| DemoError::Connect { address, source })
}

/// As [`connect`], with the client's own error.
pub(super) async fn open(address: SocketAddr, user: &str, database: &str) -> Result<Session, tokio_postgres::Error> {
    let mut config = Config::new();
    config.host(address.ip().to_string()).port(address.port()).user(user).dbname(database);
    config.connect_timeout(std::time::Duration::from_secs(10)).application_name("stockade demo");
    let (client, connection) = config.connect(NoTls).await?;
    // Its error, if any, is told by the next call on the client too.
    let driver = tokio::spawn(async move { drop(connection.await) });
    Ok(Session { client, driver })
}
