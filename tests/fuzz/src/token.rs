//! Enrolment tokens, as the agent and the server read them.

use terrier_agent::transport::token::Token;
use terrier_server::fleet::secret;

pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let shown = secret::read(text);
    let Ok(token) = text.parse::<Token>() else { return };
    assert!(token.reveal().bytes().all(|byte| byte.is_ascii_graphic()), "a token that cannot be sent");
    assert_eq!(shown, secret::read(token.reveal()), "agent and server read different tokens");
    assert!(!format!("{token:?}").contains(token.reveal()), "a token in a log");
}
