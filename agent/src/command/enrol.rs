//! `terrier-agent enrol`.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::{CommandError, print, run};
use crate::clock::SystemClock;
use crate::collect::host::Host;
use crate::collect::identity::evidence;
use crate::config::Config;
use crate::transport::client::{Client, Patience};
use crate::transport::enrol::{Step, ask};
use crate::transport::lock::Lock;
use crate::transport::server_url::ServerUrl;
use crate::transport::state_dir::StateDir;
use crate::transport::tls;
use crate::transport::token::Token;

pub(super) fn execute(
    config: &Config,
    server: &str,
    token_file: &Path,
    replace: bool,
) -> Result<ExitCode, CommandError> {
    let server: ServerUrl = server.parse()?;
    let token: Token = read_token(token_file).map_err(CommandError::TokenFile)?.parse()?;
    let state = StateDir::open(&config.state_dir)?;
    let _owned = Lock::take(&state)?;
    if let (Some(present), false) = (state.credentials()?, replace) {
        return Err(CommandError::EnrolledAlready(present.issued.agent_id));
    }
    let client =
        Client::new(server.clone(), tls::for_enrolment(token.pin(), Arc::new(SystemClock))?, Patience::default());
    run::runtime()?.block_on(until_enrolled(&client, &server, &token, &state))?;
    Ok(ExitCode::SUCCESS)
}

/// Asks, and waits for a person to approve as long as that takes. Interrupted, it goes on where it was: the key
/// stays, and the server knows it.
async fn until_enrolled(
    client: &Client,
    server: &ServerUrl,
    token: &Token,
    state: &StateDir,
) -> Result<(), CommandError> {
    let mut announced = false;
    loop {
        match ask(client, server, token, evidence(&Host::live())?, state).await? {
            Step::Enrolled(credentials) => {
                return print(&format!("enrolled with {server} as agent {}\n", credentials.issued.agent_id));
            }
            Step::Pending { agent_id, wait } => {
                if !announced {
                    print(&format!("waiting for an administrator to approve agent {agent_id}\n"))?;
                    announced = true;
                }
                tokio::time::sleep(wait).await;
            }
        }
    }
}

fn read_token(path: &Path) -> io::Result<String> {
    const LARGEST: u64 = 4 << 10;
    let mut text = String::new();
    if path == Path::new("-") {
        io::stdin().take(LARGEST).read_to_string(&mut text)?;
    } else {
        File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    }
    Ok(text)
}
