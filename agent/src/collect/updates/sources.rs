//! The archives that apt fetches from (`sources.list(5)`): what a fetch has left of others is no update.

use std::path::Path;

use crate::collect::failure::Failure;
use crate::collect::host::Host;

const MAIN: &str = "/etc/apt/sources.list";
const MORE: &str = "/etc/apt/sources.list.d";
/// Most that is read of a file of sources.
const FILE_BYTES: usize = 1 << 20;
/// What apt writes as `%xx` in the name of a file (`URItoFileName` of its library); a slash becomes an underscore.
const QUOTED: &str = "\\|{}[]<>\"^~_=!@#$%^&*";

/// Which lists belong to a source.
pub(super) struct Sources {
    /// The beginnings of their names; absent where that cannot be said.
    beginnings: Option<Vec<String>>,
}

impl Sources {
    /// Reads every file of sources. A host that has none, or sources whose lists have other names, has all its lists in
    /// use.
    pub(super) fn read(host: &Host) -> Result<Self, Failure> {
        let more = host.find_names(MORE)?.into_iter().map(|name| format!("{MORE}/{name}"));
        let (mut archives, mut has_files) = (Vec::new(), false);
        for path in std::iter::once(MAIN.to_owned()).chain(more) {
            let read = match Path::new(&path).extension().and_then(|end| end.to_str()) {
                Some("list") => one_line_each,
                Some("sources") => stanzas,
                _ => continue,
            };
            let Some(bytes) = host.find(&path, FILE_BYTES)? else { continue };
            has_files = true;
            archives.extend(read(&String::from_utf8_lossy(&bytes)));
        }
        let beginnings = archives.iter().map(|(uri, suite)| beginning(uri, suite)).collect::<Option<Vec<_>>>();
        Ok(Self { beginnings: beginnings.filter(|_| has_files) })
    }

    /// Whether the list of this name belongs to a source.
    pub(super) fn have(&self, list: &str) -> bool {
        self.beginnings.as_ref().is_none_or(|all| all.iter().any(|beginning| list.starts_with(beginning)))
    }
}

/// `deb [option=value …] URI suite component…`, as address and suite.
fn one_line_each(text: &str) -> Vec<(String, String)> {
    let archive = |line: &str| {
        let line = line.trim().strip_prefix("deb")?.strip_prefix([' ', '\t'])?.trim_start();
        let rest = match line.strip_prefix('[') {
            Some(options) => options.split_once(']')?.1,
            None => line,
        };
        let mut words = rest.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    };
    text.lines().filter_map(archive).collect()
}

/// Stanzas of fields: every address with every suite.
fn stanzas(text: &str) -> Vec<(String, String)> {
    let mut archives = Vec::new();
    for stanza in text.split("\n\n") {
        let field = |name: &str| words(stanza, name);
        let is_off = field("Enabled").first().is_some_and(|word| matches!(word.as_str(), "no" | "false" | "0"));
        if is_off || !field("Types").iter().any(|word| word == "deb") {
            continue;
        }
        let suites = field("Suites");
        let all =
            field("URIs").into_iter().flat_map(|uri| suites.iter().map(move |suite| (uri.clone(), suite.clone())));
        archives.extend(all);
    }
    archives
}

/// The words of a field, which goes on in lines that begin with a space.
fn words(stanza: &str, name: &str) -> Vec<String> {
    let mut lines = stanza
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip_while(|line| !line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name)));
    let first = lines.next().and_then(|line| line.split_once(':')).map(|(_, value)| value).unwrap_or_default();
    let more = lines.take_while(|line| line.starts_with([' ', '\t']));
    std::iter::once(first).chain(more).flat_map(str::split_whitespace).map(ToOwned::to_owned).collect()
}

/// How the names of an archive's lists begin; absent where apt fills in a variable, or names them by what is on a disc.
fn beginning(uri: &str, suite: &str) -> Option<String> {
    let (scheme, place) = uri.split_once(':')?;
    if scheme == "cdrom" || uri.contains("$(") || suite.contains("$(") {
        return None;
    }
    let place = place.strip_prefix("//").unwrap_or(place).trim_end_matches('/');
    let place = place.rsplit_once('@').map_or(place, |(_secret, place)| place);
    let path = match suite.strip_suffix('/') {
        Some(flat) => format!("{place}/{flat}/"),
        None => format!("{place}/dists/{suite}/"),
    };
    Some(path.chars().map(quoted).collect())
}

fn quoted(char: char) -> String {
    match char {
        '/' => "_".to_owned(),
        char if QUOTED.contains(char) => format!("%{:02x}", u32::from(char)),
        char => char.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::Sources;
    use crate::collect::host::Host;

    const LIST: &str = "deb.example.org_debian_dists_bookworm-updates_main_binary-amd64_Packages.lz4";

    fn sources(files: &[(&str, &str)]) -> Sources {
        let root = TempDir::new().unwrap();
        for (name, text) in files {
            let path = root.path().join("etc/apt").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Sources::read(&Host::at(root.path())).unwrap()
    }

    #[test]
    fn lists_of_sources_that_are_gone_or_switched_off_are_left_over() {
        let line = "# deb http://deb.example.org/debian bookworm-updates main\ndeb [arch=amd64 signed-by=/k] http://deb.example.org/debian/ bookworm main\n";
        let found = sources(&[("sources.list", line), ("sources.list.d/x.list.off", &line.replace("# ", ""))]);
        assert!(!found.have(LIST));
        assert!(found.have("deb.example.org_debian_dists_bookworm_InRelease"));
        let off = "Enabled: no\nTypes: deb\nURIs: http://deb.example.org/debian\nSuites: bookworm-updates\n";
        assert!(!sources(&[("sources.list.d/x.sources", off)]).have(LIST));
    }

    #[test]
    fn stanzas_may_name_several_archives_over_several_lines() {
        let text = "# ours\nTypes: deb deb-src\nURIs: https://user:secret@deb.example.org/debian\nSuites: bookworm\n bookworm-updates\nComponents: main\n\nTypes: deb\nURIs: http://flat.example.org/a_b\nSuites: ./\n";
        let found = sources(&[("sources.list.d/debian.sources", text)]);
        assert!(found.have(LIST) && found.have("flat.example.org_a%5fb_._Packages"));
        assert!(!found.have("other.example.org_debian_dists_bookworm_Release"));
    }

    #[test]
    fn where_it_cannot_be_said_every_list_counts() {
        assert!(sources(&[]).have(LIST));
        assert!(sources(&[("sources.list", "deb cdrom:[Disc 1]/ bookworm main\n")]).have(LIST));
        assert!(sources(&[("sources.list", "deb http://x.example.org/$(ARCH) bookworm main\n")]).have(LIST));
    }
}
