//! A package as a line: fields parted by tabs, `(none)` for what it does not have.
//!
//! It is what `rpm` prints, and what is remembered of the database either way.

use terrier_shared::latest::section::software::Package;

use super::header::{Header, tag};
use crate::collect::bounds::clip;
use crate::collect::failure::Failure;

const NONE: &str = "(none)";

/// The line of the package that `header` describes.
pub(super) fn of(header: Header<'_>) -> String {
    let text = |tag| header.string(tag).map_or_else(|| NONE.to_owned(), |text| text.replace(['\t', '\n'], " "));
    let number = |tag| header.number(tag).map(|number| number.to_string());
    let size = number(tag::SIZE).or_else(|| number(tag::LONG_SIZE));
    let fields = [
        text(tag::NAME),
        number(tag::EPOCH).unwrap_or_else(|| NONE.to_owned()),
        text(tag::VERSION),
        text(tag::RELEASE),
        text(tag::ARCHITECTURE),
        text(tag::SOURCE_RPM),
        text(tag::VENDOR),
        // A package without files has a size of nothing, as `rpm` says.
        size.unwrap_or_else(|| "0".to_owned()),
    ];
    fields.join("\t")
}

/// The package of a line.
pub(super) fn parse(line: &str) -> Result<Package, Failure> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, epoch, version, release, architecture, source, vendor, size] = fields.as_slice() else {
        return Err(Failure::malformed("rpm -qa", format!("`{}` is no package", clip(line.to_owned()))));
    };
    let present = |text: &str| (text != NONE && !text.is_empty()).then(|| clip(text.to_owned()));
    let full = match present(epoch) {
        Some(epoch) => format!("{epoch}:{version}-{release}"),
        None => format!("{version}-{release}"),
    };
    // `name-version-release.src.rpm`; neither version nor release holds a dash.
    let mut parts = source.trim_end_matches(".rpm").trim_end_matches(".src").trim_end_matches(".nosrc").rsplitn(3, '-');
    let (source_release, source_version) = (parts.next(), parts.next());
    let source_name = parts.next().filter(|_| present(source).is_some());
    let source_full = source_version.zip(source_release).map(|(version, release)| format!("{version}-{release}"));
    let own = format!("{version}-{release}");
    Ok(Package {
        ecosystem: "rpm".to_owned(),
        name: clip((*name).to_owned()),
        architecture: present(architecture),
        version: clip(full),
        source: source_name.filter(|source| source != name).map(|source| clip(source.to_owned())),
        source_version: source_name.and(source_full).filter(|version| *version != own).map(clip),
        vendor: present(vendor),
        size_bytes: size.parse().ok(),
    })
}
