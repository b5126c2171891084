//! A process as software: what it is called, and where it lies.

use crate::collect::host::Host;
use crate::collect::processes::table::Entry;

/// Of a longer command line, the beginning says enough.
const COMMAND_LINE_BYTES: usize = 64 << 10;

/// A running program.
pub(super) struct Program<'a> {
    entry: &'a Entry,
    /// Its arguments, the first of which is what it calls itself. They never leave this module's callers.
    pub(super) arguments: Vec<String>,
    /// Its executable; where that may not be read, the first path that it calls itself by, or its name.
    pub(super) place: String,
    /// Where its files are: the host, or the container it runs in.
    pub(super) files: Host,
}

impl<'a> Program<'a> {
    pub(super) fn of(host: &Host, entry: &'a Entry) -> Self {
        let bytes = host.beginning(format!("/proc/{}/cmdline", entry.pid), COMMAND_LINE_BYTES).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let arguments: Vec<String> = text.trim_end_matches('\0').split('\0').map(str::to_owned).collect();
        let executable = entry.executable.as_ref().map(|path| String::from_utf8_lossy(path).into_owned());
        // `nginx: master process /usr/sbin/nginx -g …` is one argument.
        let titled = || arguments.first()?.split(' ').find(|word| word.starts_with('/')).map(str::to_owned);
        let named = || String::from_utf8_lossy(&entry.name).into_owned();
        let place = executable.or_else(titled).unwrap_or_else(named);
        let files = match entry.membership.container {
            None => host.clone(),
            // Links in a container lead to places in it.
            Some(_) => Host::at(host.path(format!("/proc/{}/root", entry.pid))),
        };
        Self { entry, arguments, place, files }
    }

    /// Whether one of its names is one of `names`, which may stand before a version, or is the end of its path.
    pub(super) fn is_called(&self, names: &[&str]) -> bool {
        let own = String::from_utf8_lossy(&self.entry.name);
        let title = self.arguments.first().map_or("", |title| title.split([' ', ':']).next().unwrap_or_default());
        [self.place.as_str(), title, &own].into_iter().any(|found| {
            let base = found.rsplit('/').next().unwrap_or_default();
            let stem = base.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
            let is_path = |name: &str| found.strip_suffix(name).is_some_and(|before| before.ends_with('/'));
            names.iter().any(|name| *name == base || *name == stem || name.contains('/') && is_path(name))
        })
    }

    /// The path of the script that an interpreter runs.
    pub(super) fn script(&self) -> Option<&str> {
        const INTERPRETERS: [&str; 2] = ["python", "ruby"];
        let is_script = |argument: &&String| argument.starts_with('/');
        self.arguments.get(1).filter(is_script).filter(|_| self.is_called(&INTERPRETERS)).map(String::as_str)
    }

    /// The value of a Java property on the command line.
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find_map(|argument| argument.strip_prefix("-D")?.strip_prefix(name)?.strip_prefix('='))
    }
}
