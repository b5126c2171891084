//! Where the database is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

/// A database. Shown without its password.
#[derive(Clone)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string, `postgres://user:password@host/database`.
    Postgres(SecretString),
}

/// The text is no database URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a database URL begins with `postgres://`, `postgresql://` or `sqlite:`")]
pub struct InvalidLocation;

impl FromStr for Location {
    type Err = InvalidLocation;

    fn from_str(url: &str) -> Result<Self, InvalidLocation> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Ok(Self::Sqlite(PathBuf::from(path)))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres(url.into()))
        } else {
            Err(InvalidLocation)
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(out, "sqlite:{}", path.display()),
            Self::Postgres(url) => out.write_str(&without_password(url.expose_secret())),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// What libpq is told of a link that has died, unless the URL says otherwise: it notices within half a minute instead of
/// waiting for as long as the kernel would.
const OF_A_DEAD_LINK: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "20000"),
];

/// The connection string with what is to be done about dead links.
pub(super) fn impatient(url: &SecretString) -> SecretString {
    let mut url = url.expose_secret().to_owned();
    let query = url.split_once('?').map(|(_, query)| query.to_owned());
    let names: Vec<&str> =
        query.iter().flat_map(|query| query.split('&')).filter_map(|one| one.split('=').next()).collect();
    let mut separator = if query.is_some() { '&' } else { '?' };
    for (name, value) in OF_A_DEAD_LINK {
        if !names.contains(&name) {
            url.extend([separator.to_string().as_str(), name, "=", value]);
            separator = '&';
        }
    }
    url.into()
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://***".to_owned() };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let database = path.split('?').next().unwrap_or_default();
    format!("{scheme}://{host}/{database}")
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::{Location, impatient};

    #[test]
    fn a_password_is_never_shown() {
        let location: Location = "postgres://terrier:s3cret@db.example/terrier?password=s3cret".parse().unwrap();
        assert_eq!(location.to_string(), "postgres://db.example/terrier");
        assert_eq!(format!("{location:?}"), "postgres://db.example/terrier");
    }

    #[test]
    fn a_dead_link_is_noticed_soon_unless_the_url_says_when() {
        let told = |url: &str| impatient(&url.into()).expose_secret().to_owned();
        let rest = "keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=20000";
        assert_eq!(told("postgres://db/terrier"), format!("postgres://db/terrier?connect_timeout=5&{rest}"));
        assert_eq!(
            told("postgres://db/terrier?connect_timeout=60&sslmode=require"),
            format!("postgres://db/terrier?connect_timeout=60&sslmode=require&{rest}")
        );
    }

    #[test]
    fn another_scheme_is_refused() {
        assert!("mysql://x".parse::<Location>().is_err());
    }
}
