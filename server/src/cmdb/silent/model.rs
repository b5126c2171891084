//! What a silence means. Pure.

use jiff::Timestamp;

use crate::cmdb::item::summary::Reference;
use crate::kernel::id::ProposalId;

/// What is likely of a host that fell silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "snake_case", as = SilenceVerdict)]
pub enum Verdict {
    /// Many fell silent at once, or the server could not hear them: nothing is concluded.
    NotJudged,
    /// What identified it is another CI's now: it was set up anew.
    ReImaged,
    /// Others see its traffic: it runs, and its agent does not.
    AgentBroken,
    /// Nobody has seen it.
    ProbablyGone,
}

/// What can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(rename_all = "snake_case", as = SilenceRemedy)]
pub enum Remedy {
    /// Nothing: it will be judged when the others are back.
    Wait,
    /// Say whether the two are the same machine.
    AnswerQuestion,
    /// Make the two one, or retire the old one.
    Merge,
    /// Restart the agent on the host.
    RestartAgent,
    /// Look whether it is there, and retire it if not.
    Retire,
}

/// Another host saw its traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Who saw it.
    pub by: Reference,
    /// The host of that, if it is not one itself.
    pub host: Option<Reference>,
    /// When last.
    pub at: Timestamp,
    /// On which ports.
    pub ports: Vec<u16>,
}

/// What identified it is another's now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What kind of identifier.
    pub kind: String,
    /// Which.
    pub value: String,
    /// Whose it is.
    pub to: Reference,
    /// Since when.
    pub at: Timestamp,
}

/// What is known of a host's silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// When its agent was last heard.
    pub since: Timestamp,
    /// Whether the silence of its organisation is held.
    pub held: bool,
    /// Who saw it since, latest first; not all if there are many.
    pub sightings: Vec<Sighting>,
    /// How many hosts saw it since.
    pub seen_by: usize,
    /// How many hosts used to see it and were heard since: without any, that nobody saw it says little.
    pub watchers: usize,
    /// What identified it and is another's.
    pub moved: Vec<Moved>,
    /// The open question whether it is the same as another.
    pub question: Option<ProposalId>,
}

impl Verdict {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotJudged => "not_judged",
            Self::ReImaged => "re_imaged",
            Self::AgentBroken => "agent_broken",
            Self::ProbablyGone => "probably_gone",
        }
    }
}

impl Remedy {
    /// The name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::AnswerQuestion => "answer_question",
            Self::Merge => "merge",
            Self::RestartAgent => "restart_agent",
            Self::Retire => "retire",
        }
    }

    /// What to type on the host.
    #[must_use]
    pub const fn command(self) -> Option<&'static str> {
        match self {
            Self::RestartAgent => Some("sudo systemctl restart terrier-agent"),
            _ => None,
        }
    }
}

impl Silence {
    /// What is likely.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        if self.held {
            Verdict::NotJudged
        } else if !self.moved.is_empty() {
            Verdict::ReImaged
        } else if self.seen_by > 0 {
            Verdict::AgentBroken
        } else {
            Verdict::ProbablyGone
        }
    }

    /// What can be done, most promising first.
    #[must_use]
    pub fn remedies(&self) -> Vec<Remedy> {
        match self.verdict() {
            Verdict::NotJudged => vec![Remedy::Wait],
            Verdict::ReImaged if self.question.is_some() => vec![Remedy::AnswerQuestion, Remedy::Retire],
            Verdict::ReImaged => vec![Remedy::Merge, Remedy::Retire],
            Verdict::AgentBroken => vec![Remedy::RestartAgent],
            Verdict::ProbablyGone => vec![Remedy::Retire],
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Moved, Remedy, Silence, Verdict};
    use crate::cmdb::item::summary::Reference;
    use crate::kernel::id::{Id, ProposalId};

    fn silence() -> Silence {
        let (sightings, moved) = (Vec::new(), Vec::new());
        let since = Timestamp::UNIX_EPOCH;
        Silence { since, held: false, sightings, seen_by: 0, watchers: 0, moved, question: None }
    }

    fn moved() -> Moved {
        let to = Reference { id: Id::from_uuid(uuid::Uuid::nil()), name: "new".to_owned(), class: "host".to_owned() };
        Moved { kind: "serial".to_owned(), value: "SN-1".to_owned(), to, at: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn what_moved_says_more_than_what_was_seen_and_a_hold_more_than_both() {
        let seen = Silence { seen_by: 1, ..silence() };
        let both = Silence { moved: vec![moved()], ..seen.clone() };
        let held = Silence { held: true, ..both.clone() };
        let verdicts = [silence(), seen, both, held].map(|one| one.verdict());
        assert_eq!(verdicts, [Verdict::ProbablyGone, Verdict::AgentBroken, Verdict::ReImaged, Verdict::NotJudged]);
    }

    #[test]
    fn a_question_that_is_open_is_answered_before_anything_is_merged() {
        let asked =
            Silence { moved: vec![moved()], question: Some(ProposalId::from_uuid(uuid::Uuid::nil())), ..silence() };
        assert_eq!(asked.remedies(), [Remedy::AnswerQuestion, Remedy::Retire]);
        let unasked = Silence { question: None, ..asked };
        assert_eq!(unasked.remedies(), [Remedy::Merge, Remedy::Retire]);
    }
}
