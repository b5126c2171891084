//! Reads Rust files as tokens: which paths they name, which tables they write, what text they hold.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::token::{Token, tokens};

/// The three crates that are shipped.
const CRATES: [&str; 3] = ["shared", "agent", "server"];

/// A Rust file outside tests.
pub(crate) struct Source {
    /// Its path from the root of the workspace.
    pub(crate) path: String,
    /// Its module: `["server", "store", "conn"]`.
    pub(crate) module: Vec<String>,
    pub(crate) text: String,
    pub(crate) found: Vec<Found>,
}

/// Something a file says.
#[derive(Debug)]
pub(crate) enum Found {
    /// A path of two segments or more, with `use`, `self`, `super` and `crate` resolved.
    Path(Vec<String>),
    /// The table of an `insert_into`, `update` or `delete`.
    Write(Vec<String>),
    /// A string literal.
    Text(String),
    /// `.name(`
    Method(String),
    /// `name!`
    Macro(String),
}

impl Source {
    /// `server::store::conn`
    pub(crate) fn module_path(&self) -> String {
        self.module.join("::")
    }

    /// Lines that are not a test module's.
    pub(crate) fn production_lines(&self) -> usize {
        let lines = self.text.lines().count();
        self.text.lines().position(|line| line == "#[cfg(test)]").unwrap_or(lines)
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Every production file of the three crates.
pub(crate) fn sources() -> Vec<Source> {
    let sources: Vec<_> = CRATES.iter().flat_map(|name| sources_of(name)).collect();
    assert!(sources.len() > 100, "only {} files found: is this the workspace?", sources.len());
    sources
}

fn sources_of(krate: &str) -> Vec<Source> {
    let directory = root().join(krate).join("src");
    let mut files = Vec::new();
    list(&directory, &mut files);
    files.sort();
    files.iter().map(|file| read(krate, &directory, file)).collect()
}

fn list(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if name == "tests" || name.ends_with("_tests") {
            continue;
        }
        if path.is_dir() {
            list(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn read(krate: &str, directory: &Path, file: &Path) -> Source {
    let text = fs::read_to_string(file).unwrap();
    let module = module_of(krate, file.strip_prefix(directory).unwrap());
    let found = read_text(&module, &text);
    let path = file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    Source { path, module, text, found }
}

/// Reads `text` as if it were the file of `module`.
pub(crate) fn read_text(module: &[String], text: &str) -> Vec<Found> {
    let mut reader = Reader { module: module.to_vec(), scopes: Vec::new(), found: Vec::new() };
    reader.scope(&tokens(text));
    reader.found
}

fn module_of(krate: &str, file: &Path) -> Vec<String> {
    let mut module = vec![krate.to_owned()];
    module.extend(file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()));
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

struct Reader {
    module: Vec<String>,
    /// What `use` brought in, innermost scope last.
    scopes: Vec<HashMap<String, Vec<String>>>,
    found: Vec<Found>,
}

impl Reader {
    fn scope(&mut self, tokens: &[Token]) {
        self.scopes.push(HashMap::new());
        self.imports(tokens);
        self.tokens(tokens);
        self.scopes.pop();
    }

    /// Takes in what the `use` items of this scope name, wherever they stand in it.
    fn imports(&mut self, tokens: &[Token]) {
        let mut at = 0;
        while at < tokens.len() {
            if let Some(past) = past_test_item(tokens, at) {
                at = past;
            } else if is_ident(tokens.get(at), "use") {
                let end = end_of_statement(tokens, at);
                let mut named = Vec::new();
                self.use_tree(&tokens[at + 1..end], &[], &mut named);
                for (name, path) in named {
                    self.found.push(Found::Path(path.clone()));
                    self.scopes.last_mut().unwrap().insert(name, path);
                }
                at = end;
            } else {
                at += 1;
            }
        }
    }

    fn use_tree(&self, tokens: &[Token], prefix: &[String], named: &mut Vec<(String, Vec<String>)>) {
        for tree in tokens.split(|token| *token == Token::Punct(',')) {
            let mut path = prefix.to_vec();
            let mut name = None;
            let mut nested = tree.is_empty();
            for (index, token) in tree.iter().enumerate() {
                match token {
                    Token::Ident(ident) if ident == "as" => {
                        name =
                            if let Some(Token::Ident(name)) = tree.get(index + 1) { Some(name.clone()) } else { None };
                        break;
                    }
                    Token::Ident(ident) if ident == "self" && !path.is_empty() => {}
                    Token::Ident(ident) => path = self.joined(path, ident),
                    Token::Group(_, inner) => {
                        self.use_tree(inner, &path, named);
                        nested = true;
                    }
                    Token::Punct('*') => path.push("*".to_owned()),
                    _ => {}
                }
            }
            if let Some(last) = path.last().filter(|_| !nested) {
                named.push((name.unwrap_or_else(|| last.clone()), path));
            }
        }
    }

    fn joined(&self, mut path: Vec<String>, segment: &str) -> Vec<String> {
        if path.is_empty() {
            return self.resolved(segment);
        }
        if segment == "super" {
            path.pop();
        } else {
            path.push(segment.to_owned());
        }
        path
    }

    /// What the first segment of a path stands for.
    fn resolved(&self, segment: &str) -> Vec<String> {
        match segment {
            "crate" => vec![self.module[0].clone()],
            "self" => self.module.clone(),
            "super" => self.module[..self.module.len() - 1].to_vec(),
            _ => {
                let imported = self.scopes.iter().rev().find_map(|scope| scope.get(segment));
                let other_crate = segment.strip_prefix("terrier_").unwrap_or(segment);
                imported.cloned().unwrap_or_else(|| vec![other_crate.to_owned()])
            }
        }
    }

    fn tokens(&mut self, tokens: &[Token]) {
        let mut at = 0;
        while at < tokens.len() {
            at = past_test_item(tokens, at).unwrap_or_else(|| self.token(tokens, at));
        }
    }

    /// Reads what stands at `at` and gives where to go on.
    fn token(&mut self, tokens: &[Token], at: usize) -> usize {
        match &tokens[at] {
            Token::Punct('#') => return past_attribute(tokens, at),
            Token::Text(text) => self.found.push(Found::Text(text.clone())),
            Token::Group('{', inner) => self.scope(inner),
            Token::Group(_, inner) => self.tokens(inner),
            Token::Ident(ident) if ident == "use" => return end_of_statement(tokens, at),
            Token::Ident(ident) if ident == "pub" && matches!(tokens.get(at + 1), Some(Token::Group('(', _))) => {
                return at + 2;
            }
            Token::Ident(ident) if ident == "mod" => return self.inline_module(tokens, at),
            Token::Ident(_) => return self.path(tokens, at),
            Token::Punct(_) | Token::Path | Token::Other => {}
        }
        at + 1
    }

    fn inline_module(&mut self, tokens: &[Token], at: usize) -> usize {
        if let (Some(Token::Ident(name)), Some(Token::Group('{', inner))) = (tokens.get(at + 1), tokens.get(at + 2)) {
            self.module.push(name.clone());
            self.scope(inner);
            self.module.pop();
            return at + 3;
        }
        at + 1
    }

    fn path(&mut self, tokens: &[Token], at: usize) -> usize {
        let (segments, past) = segments_from(tokens, at);
        if at > 0 && tokens[at - 1] == Token::Punct('.') {
            if let (Some(Token::Group('(', _)), [name]) = (tokens.get(past), segments.as_slice()) {
                self.found.push(Found::Method(name.clone()));
            }
            return past;
        }
        let path = segments.iter().fold(Vec::new(), |path, segment| self.joined(path, segment));
        match (tokens.get(past), tokens.get(past + 1)) {
            (Some(Token::Punct('!')), Some(Token::Group(..))) => {
                self.found.push(Found::Macro(path.last().cloned().unwrap_or_default()));
            }
            (Some(Token::Group('(', arguments)), _) if is_write(&path) => {
                let (table, _) = segments_from(arguments, 0);
                let table = table.iter().fold(Vec::new(), |path, segment| self.joined(path, segment));
                self.found.push(Found::Write(table));
            }
            _ => {}
        }
        if segments.len() > 1 {
            self.found.push(Found::Path(path));
        }
        past
    }
}

fn is_write(function: &[String]) -> bool {
    function.first().is_some_and(|krate| krate == "diesel")
        && function.last().is_some_and(|name| matches!(name.as_str(), "insert_into" | "update" | "delete"))
}

/// The segments of the path at `at`, and where it ends.
fn segments_from(tokens: &[Token], mut at: usize) -> (Vec<String>, usize) {
    let mut segments = Vec::new();
    while let Some(Token::Ident(ident)) = tokens.get(at) {
        segments.push(ident.clone());
        at += 1;
        if tokens.get(at) != Some(&Token::Path) || !matches!(tokens.get(at + 1), Some(Token::Ident(_))) {
            break;
        }
        at += 1;
    }
    (segments, at)
}

/// Where the item after `#[cfg(test)]` or `#[test]` at `at` ends, if one begins there.
fn past_test_item(tokens: &[Token], at: usize) -> Option<usize> {
    let Some(Token::Group('[', attribute)) = tokens.get(at + 1).filter(|_| tokens[at] == Token::Punct('#')) else {
        return None;
    };
    let is_test = match attribute.as_slice() {
        [Token::Ident(name)] => name == "test",
        [Token::Ident(name), Token::Group('(', condition)] => name == "cfg" && *condition == [ident("test")],
        _ => false,
    };
    if !is_test {
        return None;
    }
    let mut past = at + 2;
    while tokens.get(past) == Some(&Token::Punct('#')) {
        past = past_attribute(tokens, past);
    }
    let ends_with_block = !is_ident(tokens.get(past), "use");
    let is_end = |token: &Token| match token {
        Token::Punct(';') => true,
        Token::Group('{', _) => ends_with_block,
        _ => false,
    };
    let length = tokens[past..].iter().position(is_end).map_or(tokens.len() - past, |end| end + 1);
    Some(past + length)
}

fn past_attribute(tokens: &[Token], at: usize) -> usize {
    let past_bang = at + 1 + usize::from(tokens.get(at + 1) == Some(&Token::Punct('!')));
    past_bang + usize::from(matches!(tokens.get(past_bang), Some(Token::Group('[', _))))
}

fn end_of_statement(tokens: &[Token], at: usize) -> usize {
    tokens[at..].iter().position(|token| *token == Token::Punct(';')).map_or(tokens.len(), |length| at + length)
}

fn is_ident(token: Option<&Token>, name: &str) -> bool {
    matches!(token, Some(Token::Ident(ident)) if ident == name)
}

fn ident(name: &str) -> Token {
    Token::Ident(name.to_owned())
}

#[test]
fn paths_are_found_however_they_are_written() {
    let text = r"
        //! crate::not::this
        use crate::cmdb::{self, model::{Ci as Item, Class}};
        #[cfg(test)]
        use crate::only::tests;
        pub(in crate::not) fn f(x: super::ingest::Inbox) -> Item {
            let y = cmdb::store::load();
            macro_rules! m { () => { $crate::itsm::x() } }
            diesel::update(cmdb::schema::cmdb_ci::table).set(1)
        }
        #[cfg(test)]
        mod tests { use crate::never; }
    ";
    let found = read_text(&["server".to_owned(), "reconcile".to_owned()], text);
    let path = |found: &Found| if let Found::Path(path) = found { Some(path.join("::")) } else { None };
    assert_eq!(
        found.iter().filter_map(path).collect::<Vec<_>>(),
        [
            "server::cmdb",
            "server::cmdb::model::Ci",
            "server::cmdb::model::Class",
            "server::ingest::Inbox",
            "server::cmdb::store::load",
            "server::itsm::x",
            "diesel::update",
            "server::cmdb::schema::cmdb_ci::table",
        ]
    );
    let written = found.iter().find_map(|found| if let Found::Write(table) = found { Some(table) } else { None });
    assert_eq!(written.unwrap().join("::"), "server::cmdb::schema::cmdb_ci::table");
}
