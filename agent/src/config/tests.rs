use std::fs;
use std::path::Path;

use terrier_shared::latest::section::SectionKind;
use tracing_subscriber::filter::LevelFilter;

use super::{Config, ConfigError};

fn variables<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn with_files(files: &[(&str, &str)], pairs: Vec<(String, String)>) -> Result<Config, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("conf.d")).unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    Config::load(Some(&dir.path().join("agent.toml")), pairs)
}

#[test]
fn the_later_file_wins_and_the_environment_wins_over_both() {
    let files = [
        (
            "agent.toml",
            "server = \"https://a\"\ninterval_s = 60\n[log]\nlevel = \"warn\"\n[sections]\nprocesses = false\n",
        ),
        ("conf.d/10-x.toml", "interval_s = 120\n[sections]\nsoftware = false\n"),
        ("conf.d/20-y.toml", "interval_s = 180\n"),
        ("conf.d/30-z.txt", "this is no configuration"),
    ];
    let config = with_files(&files, variables([("TERRIER_AGENT_LOG_LEVEL", "debug"), ("HOME", "/")])).unwrap();
    assert_eq!(config.interval_s, 180);
    assert_eq!(config.log.level, LevelFilter::DEBUG);
    assert_eq!(config.server.unwrap().to_string(), "https://a:8443");
    assert!(!config.sections.contains(&SectionKind::Processes) && !config.sections.contains(&SectionKind::Software));
    assert_eq!(config.sections.len(), SectionKind::ALL.len() - 2);
}

#[test]
fn the_effective_configuration_reads_back_as_itself() {
    let pairs = variables([("TERRIER_AGENT_STATE_DIR", "/x \"y\""), ("TERRIER_AGENT_SECTIONS_CPU", "false")]);
    let config = with_files(&[("agent.toml", "")], pairs).unwrap();
    assert_eq!(with_files(&[("agent.toml", &config.to_string())], vec![]).unwrap(), config);
}

#[test]
fn where_certificates_are_looked_for_is_set_whole() {
    let files = [
        ("agent.toml", "[certificates]\npaths = [\"/srv/tls\", \"/a \\\"b\\\"\"]\n"),
        ("conf.d/10-x.toml", "[certificates]\nports = []\n"),
    ];
    let config = with_files(&files, vec![]).unwrap();
    assert_eq!(config.settings.certificate_paths, ["/srv/tls", "/a \"b\""]);
    assert!(config.settings.certificate_ports.is_empty());
    assert_eq!(with_files(&[("agent.toml", &config.to_string())], vec![]).unwrap(), config);
}

#[test]
fn what_is_wrong_is_named_with_its_key_and_its_file() {
    for (text, named) in [
        ("colour = 1", "colour"),
        ("[log]\nlevle = \"info\"", "levle"),
        ("[log]\nlevel = \"loud\"", "log.level"),
        ("[log]\nformat = \"xml\"", "log.format"),
        ("interval_s = 59", "interval_s"),
        ("interval_s = 86401", "interval_s"),
        ("interval_s = \"60\"", "interval_s"),
        ("server = \"http://a\"", "server"),
        ("state_dir = \"relative\"", "state_dir"),
        ("[sections]\nhologram = true", "sections.hologram"),
        ("[sections]\ncpu = 1", "cpu"),
        ("[certificates]\npaths = [\"etc\"]", "certificates.paths"),
        ("[certificates]\nports = [65536]", "ports"),
        ("[certificates]\nlisteners = true", "listeners"),
        ("server = ", "agent.toml"),
    ] {
        let error = with_files(&[("agent.toml", text)], vec![]).unwrap_err();
        assert!(error.to_string().contains(named), "{text}: {error}");
    }
    let in_addition = with_files(&[("agent.toml", ""), ("conf.d/1.toml", "x = 1")], vec![]).unwrap_err();
    assert!(in_addition.to_string().contains("conf.d/1.toml"), "{in_addition}");
}

#[test]
fn a_variable_that_there_is_not_is_an_error_too() {
    for (name, value) in
        [("COLOUR", "1"), ("INTERVAL_S", "soon"), ("SECTIONS_CPU", "yes"), ("SECTIONS_HOLOGRAM", "true")]
    {
        let pairs = vec![(format!("TERRIER_AGENT_{name}"), value.to_owned())];
        let error = with_files(&[("agent.toml", "")], pairs).unwrap_err().to_string().to_lowercase();
        let key = name.strip_prefix("SECTIONS_").unwrap_or(name).to_lowercase();
        assert!(error.contains(&key), "{name}: {error}");
    }
}

#[test]
fn a_file_that_was_asked_for_must_be_there() {
    let error = Config::load(Some(Path::new("/nonexistent/agent.toml")), vec![]).unwrap_err();
    assert!(matches!(error, ConfigError::Unreadable { .. }), "{error}");
}
