//! A refusal (RFC 9457), as the agent listener and the API both write it.

use serde::{Deserialize, Serialize};

/// A problem document. `code` is stable; `title` and `detail` are for people and may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank#<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The meaning of `code` in one short English phrase.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable name that programs match on.
    pub code: String,
    /// What was wrong with this very request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The request's id, as it stands in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// What an agent is to do about it; absent in answers to people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<AgentAction>,
}

/// What an agent does about a refusal beyond backing off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentAction {
    /// Send every section whole.
    SendFull,
    /// Start a new epoch: this one is known with other content.
    NewEpoch,
    /// Somebody else reports with this identity: enrol again as a new agent.
    ReEnrolAsNew,
    /// An action this version does not know; back off.
    #[serde(other)]
    Unknown,
}
