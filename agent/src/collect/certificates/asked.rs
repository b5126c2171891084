//! What listeners showed when they were asked last: a listener is asked now and then, not at every look, because some
//! write each connection that comes to nothing into their log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use serde::{Deserialize, Serialize};

use crate::collect::host::{Answers, Host};

const TOPIC: &str = "certificates of listeners";
/// How long it is not asked again.
const AGAIN_MS: u64 = 60 * 60 * 1000;
/// How long what it showed stands when it shows nothing any more.
const STANDS_MS: u64 = 24 * 60 * 60 * 1000;

/// The listeners by name.
#[derive(Debug, Default)]
pub(super) struct Asked(Answers);

/// One of them.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Shown {
    asked_ms: u64,
    answered_ms: u64,
    /// The chain in base64.
    chain: Vec<String>,
}

impl Asked {
    /// What is remembered on this host.
    pub(super) fn recall(host: &Host) -> Self {
        Self(host.recall(TOPIC, &[]))
    }

    /// Remembers it for the next look, of those `listeners` only.
    pub(super) fn keep(mut self, host: &Host, listeners: &[String]) {
        self.0.retain(|name, _| listeners.iter().any(|listener| listener.as_bytes() == name));
        host.keep(TOPIC, Vec::new(), self.0);
    }

    /// The chain of `listener` at `now_ms`, asked for by `ask` if it is time to.
    pub(super) fn chain(
        &mut self,
        listener: &str,
        now_ms: u64,
        ask: impl FnOnce() -> Vec<CertificateDer<'static>>,
    ) -> Vec<Vec<u8>> {
        let known = self.0.get(listener.as_bytes()).and_then(|text| serde_json::from_str(text.as_ref()?).ok());
        let mut shown: Option<Shown> = known;
        if shown.as_ref().is_none_or(|shown| now_ms.saturating_sub(shown.asked_ms) >= AGAIN_MS) {
            let chain: Vec<String> = ask().iter().map(|der| STANDARD.encode(der)).collect();
            let before = shown.take().filter(|before| now_ms.saturating_sub(before.answered_ms) < STANDS_MS);
            shown = Some(match before {
                Some(before) if chain.is_empty() => Shown { asked_ms: now_ms, ..before },
                _ => Shown { asked_ms: now_ms, answered_ms: now_ms, chain },
            });
            self.0.insert(listener.as_bytes().to_vec(), serde_json::to_string(&shown).ok());
        }
        shown.into_iter().flat_map(|shown| shown.chain).filter_map(|text| STANDARD.decode(text).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::CertificateDer;

    use super::{AGAIN_MS, Asked, Host, STANDS_MS};

    fn chain(byte: u8) -> Vec<CertificateDer<'static>> {
        vec![CertificateDer::from(vec![byte])]
    }

    #[test]
    fn a_listener_is_asked_once_an_hour_and_stands_a_day_when_it_falls_silent() {
        let host = Host::at("/nonexistent");
        let look = |now_ms: u64, answer: Option<u8>| {
            let mut asked = Asked::recall(&host);
            let mut was_asked = false;
            let found = asked.chain("0.0.0.0:443", now_ms, || {
                was_asked = true;
                answer.map(chain).unwrap_or_default()
            });
            asked.keep(&host, &["0.0.0.0:443".to_owned()]);
            (found.concat(), was_asked)
        };
        assert_eq!(look(0, Some(1)), (vec![1], true));
        assert_eq!(look(AGAIN_MS - 1, Some(2)), (vec![1], false));
        assert_eq!(look(AGAIN_MS, Some(2)), (vec![2], true));
        assert_eq!(look(2 * AGAIN_MS, None), (vec![2], true));
        assert_eq!(look(AGAIN_MS + STANDS_MS, None), (vec![], true));
        Asked::recall(&host).keep(&host, &[]);
        assert_eq!(look(AGAIN_MS + STANDS_MS + 1, Some(3)), (vec![3], true), "another listener in its place is new");
    }
}
