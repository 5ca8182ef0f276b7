//! Names to addresses, as the operating system resolves them.
//!
//! Its resolver knows `/etc/hosts`, mDNS and whatever else a device is configured for; but it blocks, sometimes for long, and
//! cannot be called off. So a look-up is an errand: devices that look up the same name share one, and one that hangs keeps
//! nobody else waiting.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::LazyLock;
use std::time::Duration;

use crate::errands::Errands;
use crate::failure::{Failure, Kind, Stage};

/// Look-ups at a time. Only those that hang last long enough to be so many.
const PLACES: usize = 128;
/// As long as an attempt to connect waits for one: the next attempt asks anew.
const PATIENCE: Duration = Duration::from_secs(20);

type Found = Result<Vec<SocketAddr>, Failure>;

static LOOKUPS: LazyLock<Errands<String, Found>> =
    LazyLock::new(|| Errands::new(|host| look_up(host), PLACES, PATIENCE));

/// The addresses of `host`, at least one, each with `port`.
pub(super) async fn addresses(host: &str, port: u16) -> Found {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let not_done =
        |_| Failure::new(Stage::Resolve, Kind::Io, "no thread could be had for looking up the name");
    let mut found = LOOKUPS.join(&host.to_owned()).result().await.map_err(not_done)??;
    found.iter_mut().for_each(|address| address.set_port(port));
    Ok(found)
}

fn look_up(host: &str) -> Found {
    let found: Vec<_> = (host, 0)
        .to_socket_addrs()
        .map_err(|error| Failure::new(Stage::Resolve, kind_of(&error), error.to_string()))?
        .collect();
    if found.is_empty() {
        return Err(Failure::new(Stage::Resolve, Kind::NameNotFound, "the name has no address"));
    }
    Ok(found)
}

/// The resolver's number is lost inside the standard library, only its words (EAI_AGAIN, RFC 3493 §6.1) are left.
fn kind_of(error: &io::Error) -> Kind {
    if error.to_string().contains("emporary failure") { Kind::NameTemporary } else { Kind::NameNotFound }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_its_own() {
        assert_eq!(addresses("127.0.0.1", 8883).await.unwrap(), ["127.0.0.1:8883".parse().unwrap()]);
        assert_eq!(addresses("::1", 443).await.unwrap(), ["[::1]:443".parse().unwrap()]);
    }

    #[tokio::test]
    async fn each_who_asks_gets_the_port_asked_for() {
        let both = tokio::join!(addresses("localhost", 1), addresses("localhost", 2));
        for (found, port) in [(both.0, 1), (both.1, 2)] {
            assert!(
                found.unwrap().iter().all(|address| address.port() == port && address.ip().is_loopback())
            );
        }
    }

    #[tokio::test]
    async fn a_name_that_does_not_exist_is_told() {
        let failure = addresses("no-such-host.invalid", 1).await.unwrap_err();
        assert!(matches!(failure.kind, Kind::NameNotFound | Kind::NameTemporary), "{failure}");
        assert_eq!(failure.stage, Stage::Resolve);
    }
}
