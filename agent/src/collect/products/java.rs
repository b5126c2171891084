//! Java virtual machines, and what runs in them.

use super::Found;
use super::program::Program;
use super::rule::{JAVA_RULES, JavaRule};
use super::version;

const RELEASE_BYTES: usize = 64 << 10;
const FILE_BYTES: usize = 1 << 20;

/// The virtual machine, and the software that it runs if that is well known.
pub(super) fn find(program: &Program<'_>) -> Vec<Found> {
    if !program.is_called(&["java"]) {
        return Vec::new();
    }
    let application = JAVA_RULES.iter().find(|rule| is_running(rule, &program.arguments));
    let application = application.map(|rule| describe(program, rule));
    [Some(machine(program)), application].into_iter().flatten().collect()
}

fn is_running(rule: &JavaRule, arguments: &[String]) -> bool {
    let is_marked = |marker: &str| arguments.iter().any(|argument| argument.contains(marker));
    arguments.iter().any(|argument| is_start(rule, argument)) && rule.marker.is_none_or(is_marked)
}

fn is_start(rule: &JavaRule, argument: &str) -> bool {
    let ends = |word: &&str| argument.strip_suffix(*word).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
    let is_file = |word: &&str| word.starts_with('/') && argument.ends_with(*word);
    rule.started_by.iter().any(|word| ends(word) || is_file(word))
}

/// JEP 223 and its predecessors: a file `release` of assignments in the machine's directory.
fn machine(program: &Program<'_>) -> Found {
    let home = program.place.strip_suffix("/bin/java").unwrap_or(&program.place);
    let home = home.strip_suffix("/jre").unwrap_or(home);
    let text = program.files.text(format!("{home}/release"), RELEASE_BYTES).unwrap_or_default();
    let value = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim().trim_matches('"').to_owned()).filter(|value| !value.is_empty() && value.len() <= 80)
    };
    let name = match value("IMPLEMENTOR").as_deref() {
        Some("Oracle Corporation") => "oracle-java",
        Some(_) => "openjdk",
        None if home.contains("openjdk") => "openjdk",
        None => "java",
    };
    let by_file = value("JAVA_VERSION").map(|version| (version, "file"));
    Found { name, role: "runtime", place: home.to_owned(), version: by_file, owned: vec![program.place.clone()] }
}

fn describe(program: &Program<'_>, rule: &JavaRule) -> Found {
    let archives = || program.arguments.iter().flat_map(|argument| argument.split([':', '=']));
    let named = archives().find(|path| archive_version(rule, path).is_some());
    let started = || archives().find(|path| path.starts_with('/') && is_start(rule, path));
    let home = rule.home.iter().find_map(|name| program.property(name));
    // The archives lie in a directory of its own in the directory that is meant.
    let around = || named.and_then(|path| Some(path.rsplit_once('/')?.0.rsplit_once('/')?.0));
    let place = home.or_else(around).or_else(started).unwrap_or(&program.place).trim_end_matches('/');
    let by_command = || archive_version(rule, named?);
    let version = (in_files(program, rule, place).map(|version| (version, "file")))
        .or_else(|| by_command().map(|version| (version, "command_line")))
        .or_else(|| version::of_path(place, rule.name).map(|version| (version, "path")));
    let probes =
        ["", "/bin/bootstrap.jar", "/bin/elasticsearch", "/bin/opensearch"].map(|probe| format!("{place}{probe}"));
    let is_file = |path: &String| *path != place || started() == Some(place);
    let owned = probes.into_iter().filter(is_file).collect();
    Found { name: rule.name, role: rule.role, place: place.to_owned(), version, owned }
}

/// What a file says, or the name of an archive.
fn in_files(program: &Program<'_>, rule: &JavaRule, home: &str) -> Option<String> {
    let by_text = rule.file.and_then(|(name, before)| {
        let text = program.files.text(format!("{home}/{name}"), FILE_BYTES).ok()?;
        version::behind(&text, before)
    });
    by_text.or_else(|| {
        let (directory, _) = rule.archive?;
        let names = program.files.find_names(format!("{home}/{directory}")).ok()?;
        names.iter().find_map(|name| archive_version(rule, name))
    })
}

/// The version in the name of the archive that the rule knows: of `elasticsearch-8.11.1.jar`, and not of
/// `elasticsearch-cli-8.11.1.jar`; `kafka_2.13-3.6.1.jar` has that of Scala before its own.
fn archive_version(rule: &JavaRule, path: &str) -> Option<String> {
    let (_, prefix) = rule.archive?;
    let name = path.rsplit('/').next()?.strip_suffix(".jar")?;
    version::leading(name.strip_prefix(prefix)?)?;
    version::of_name(name)
}
