use std::io::Write as _;

use super::{Config, ConfigError, LogFormat, Override};

fn load(file: &str, variables: &[(&str, &str)], flags: Vec<Override>) -> Result<Config, ConfigError> {
    let mut path = tempfile::NamedTempFile::new().unwrap();
    path.write_all(file.as_bytes()).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(Some(path.path()), variables, flags)
}

#[test]
fn without_a_file_everything_has_its_default() {
    let config = Config::load(None, [], Vec::new()).unwrap();
    assert_eq!(config.people.listen.to_string(), "0.0.0.0:9443");
    assert_eq!(config.agents.listen.to_string(), "0.0.0.0:8443");
    assert_eq!(config.database_location().unwrap().to_string(), "sqlite:data/terrier.db");
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let file = "data_dir = \"/a\"\n[log]\nlevel = \"warn\"\nformat = \"json\"\n[agents]\ninterval_s = 60\n";
    let variables = [
        ("TERRIER_SERVER_LOG_LEVEL", "debug"),
        ("TERRIER_SERVER_AGENTS_INTERVAL_S", "120"),
        ("TERRIER_SERVER_DATA_DIR", "/b"),
        ("TERRIER_SERVER_TLS_NAMES", "a.example, 192.0.2.1"),
        ("TERRIER_AGENT_SERVER", "https://elsewhere"),
    ];
    let config = load(file, &variables, vec![Override::new("", "data_dir", "/c")]).unwrap();
    assert_eq!(config.data_dir.to_str(), Some("/c"));
    assert_eq!((config.log.level.as_str(), config.log.format), ("debug", LogFormat::Json));
    assert_eq!(config.agents.interval_s, 120);
    assert_eq!(config.tls.names, ["a.example", "192.0.2.1"]);
}

#[test]
fn a_key_that_there_is_not_is_named() {
    for (file, variables, named) in [
        ("colour = 1", &[][..], "colour"),
        ("[log]\nlevle = \"info\"", &[], "levle"),
        ("", &[("TERRIER_SERVER_LOG_LEVLE", "info")], "levle"),
        ("", &[("TERRIER_SERVER_COLOUR", "blue")], "colour"),
    ] {
        let error = load(file, variables, Vec::new()).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn a_value_that_a_key_cannot_have_is_refused_by_name() {
    for (file, key) in [
        ("[people]\nlisten = \"nowhere\"", "people.listen"),
        ("[people]\nurl = \"http://x\"", "people.url"),
        ("[people]\nurl = \"https://x/path\"", "people.url"),
        ("[people]\ncertificate_file = \"x\"", "people.key_file"),
        ("[agents]\ninterval_s = 1", "agents.interval_s"),
        ("[agents]\nstrangers_per_address = 0", "agents.strangers_per_address"),
        ("[agents]\ninterval_s = -1", "agents.interval_s"),
        ("[tls]\nnames = [\"a b\"]", "tls.names"),
        ("[log]\nlevel = \"terrier=loud\"", "log.level"),
        ("[ingest]\nqueue = 0", "ingest.queue"),
        ("[enrolment]\nburst = 0", "enrolment.burst"),
        ("[database]\nurl = \"mysql://terrier:s3cret@x\"", "database.url"),
    ] {
        let error = load(file, &[], Vec::new()).unwrap_err().to_string();
        assert!(error.starts_with(key) && !error.contains("s3cret"), "{key}: {error}");
    }
}

#[test]
fn the_effective_configuration_reads_back_and_shows_no_secret() {
    let file = "[database]\nurl = \"postgres://terrier:s3cret@db/terrier?password=s3cret\"";
    let config = load(file, &[], Vec::new()).unwrap();
    let shown = config.masked().unwrap();
    assert!(!shown.contains("s3cret") && !format!("{config:?}").contains("s3cret"), "{shown}");
    assert!(load(&shown, &[], Vec::new()).is_ok(), "{shown}");
}
