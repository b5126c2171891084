//! Which CI a reporter's is: reads what is needed and decides. Writes nothing.

use jiff::Timestamp;

use crate::cmdb::class::load_book;
use crate::cmdb::model::class::ClassBook;
use crate::fleet::silence;
use crate::identification::model::decision::{Candidate, Decision, Finding, Moment, Rival, Verdict, identify};
use crate::identification::model::evidence::{Evidence, IdentifierKind};
use crate::identification::model::rule::{Rule, Veto};
use crate::identification::store::candidate::{self, Carrier};
use crate::identification::store::reporter::{self, Reporter};
use crate::identification::store::{hold, rule, verdict};
use crate::kernel::id::OrganisationId;
use crate::store::{Conn, StoreError};

/// Seconds between two reports of a device of an inventory: usually it is asked once a day.
const INVENTORY_INTERVAL_S: i32 = 86_400;

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// An agent of ours, by its row.
    Agent(i32),
    /// A device of an inventory: its row, if it has one, and its source.
    Device(Option<i32>, String),
    /// Nobody: somebody only asks what would be.
    Nobody,
}

/// A reporter that no CI is bound to yet.
#[derive(Debug, Clone)]
pub struct Newcomer<'a> {
    /// Who speaks.
    pub speaker: Speaker,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// What its report says it is.
    pub class: &'a str,
    /// What it carries.
    pub evidence: &'a Evidence,
    /// When its report arrived.
    pub received_at: Timestamp,
    /// This moment.
    pub now: Timestamp,
}

/// What was found, with everything that it was found by.
#[derive(Debug, Clone)]
pub struct Recognition {
    /// The answer and its steps.
    pub decision: Decision,
    /// The rules that were asked, in their order.
    pub rules: Vec<Rule>,
    /// The CIs that were looked at.
    pub carriers: Vec<Carrier>,
    /// What of the evidence was left out, because many machines carry it.
    pub left_out: Vec<(IdentifierKind, String)>,
    /// When the reporter first spoke.
    pub since: Timestamp,
}

/// Finds out which CI the newcomer's is: a fixed number of statements.
///
/// `boot_of` reads the boot out of a stored identity section.
///
/// # Errors
///
/// The database fails.
pub fn recognise(
    conn: &mut Conn,
    newcomer: &Newcomer<'_>,
    boot_of: impl Fn(&[u8]) -> Option<String>,
) -> Result<Recognition, StoreError> {
    let book = load_book(conn)?;
    let rules = rules_for(&book, rule::list(conn)?, newcomer.class);
    let (evidence, left_out) = telling(conn, newcomer)?;
    let mut carriers = candidate::list(conn, newcomer.organisation, &evidence)?;
    let root = rules.first().map_or_else(|| newcomer.class.to_owned(), |rule| rule.class.clone());
    carriers.retain(|carrier| book.is_a(&carrier.class, &root) || book.is_a(&root, &carrier.class));
    let rivals = rivals(conn, newcomer, &carriers)?;
    let candidates: Vec<Candidate> = carriers
        .iter()
        .zip(rivals)
        .map(|(carrier, rival)| {
            let boot_id = carrier.identity.as_deref().and_then(&boot_of);
            let evidence = Evidence { boot_id, ..carrier.evidence.clone() };
            Candidate { ci_key: carrier.ci_key, evidence, retired: carrier.retired, rival }
        })
        .collect();
    let moment = moment(conn, newcomer)?;
    let decision = identify(&rules, &evidence, &candidates, moment);
    Ok(Recognition { decision, rules, carriers, left_out, since: moment.since })
}

/// The rules of the nearest class that has any.
fn rules_for(book: &ClassBook, rules: Vec<Rule>, class: &str) -> Vec<Rule> {
    let nearest = book.lineage(class).find(|one| rules.iter().any(|rule| rule.class == one.name));
    let Some(name) = nearest.map(|class| class.name.clone()) else { return Vec::new() };
    rules.into_iter().filter(|rule| rule.class == name).collect()
}

/// The evidence without what was found to tell nothing.
fn telling(conn: &mut Conn, newcomer: &Newcomer<'_>) -> Result<(Evidence, Vec<(IdentifierKind, String)>), StoreError> {
    let said: Vec<(IdentifierKind, &str)> = IdentifierKind::DISTINCTIVE
        .into_iter()
        .flat_map(|kind| newcomer.evidence.of(kind).map(move |value| (kind, value.as_str())))
        .collect();
    let values: Vec<&str> = said.iter().map(|(_, value)| *value).collect();
    let shared = verdict::shared(conn, newcomer.organisation, &values)?;
    let is_shared = |kind: IdentifierKind, value: &str| shared.contains(&(kind.name().to_owned(), value.to_owned()));
    let left_out = said.iter().filter(|(kind, value)| is_shared(*kind, value));
    let left_out = left_out.map(|(kind, value)| (*kind, (*value).to_owned())).collect();
    Ok((newcomer.evidence.clone().without(is_shared), left_out))
}

/// Of each CI who reports as it and is of the same source.
fn rivals(conn: &mut Conn, newcomer: &Newcomer<'_>, carriers: &[Carrier]) -> Result<Vec<Option<Rival>>, StoreError> {
    let (own, source) = match &newcomer.speaker {
        Speaker::Device(own, source) => (*own, source),
        Speaker::Agent(own) => return Ok(carriers.iter().map(|carrier| of_agent(carrier, Some(*own))).collect()),
        Speaker::Nobody => return Ok(carriers.iter().map(|carrier| of_agent(carrier, None)).collect()),
    };
    let keys: Vec<i32> = carriers.iter().map(|carrier| carrier.ci_key).collect();
    let reporters = reporter::list_of(conn, &keys)?;
    let of = |carrier: &Carrier| {
        let others = reporters.iter().filter(|one| one.ci_key == Some(carrier.ci_key) && Some(one.key) != own);
        others.filter(|one| one.source == *source).max_by_key(|one| one.last_reported_at).map(of_device)
    };
    Ok(carriers.iter().map(of).collect())
}

fn of_agent(carrier: &Carrier, newcomer: Option<i32>) -> Option<Rival> {
    let agent = carrier.agent.filter(|agent| Some(agent.key) != newcomer)?;
    let is_older = newcomer.is_none_or(|newcomer| agent.key < newcomer);
    Some(Rival { heard: agent.heard?, interval_s: agent.interval_s, is_older })
}

fn of_device(device: &Reporter) -> Rival {
    Rival { heard: device.last_reported_at, interval_s: Some(INVENTORY_INTERVAL_S), is_older: true }
}

fn moment(conn: &mut Conn, newcomer: &Newcomer<'_>) -> Result<Moment, StoreError> {
    let waits = match newcomer.speaker {
        Speaker::Agent(key) => hold::since(conn, key)?,
        Speaker::Device(..) | Speaker::Nobody => None,
    };
    let now = newcomer.now.max(newcomer.received_at);
    let judged_at = silence::holds(conn)?.judged_at(newcomer.organisation, now);
    let can_wait = matches!(newcomer.speaker, Speaker::Agent(_) | Speaker::Nobody);
    Ok(Moment { since: waits.unwrap_or(newcomer.received_at), now, judged_at, can_wait })
}

impl Recognition {
    /// The rule that decided, as people read it.
    #[must_use]
    pub fn rule(&self) -> Option<&Rule> {
        let place = match self.decision.verdict {
            Verdict::Existing { rule, .. } | Verdict::Wait { rule, .. } => rule,
            Verdict::New => return None,
        };
        self.rules.get(place)
    }

    /// What history says of how the CI was found.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        match (self.decision.verdict, self.rule()) {
            (Verdict::New, _) => self.decision.veto().map(|veto| format!("taken for a new machine: {}", told(veto))),
            (_, Some(rule)) => Some(format!("the same machine by: {}", rule.label_en)),
            (_, None) => None,
        }
    }
}

/// A finding in words.
#[must_use]
pub const fn told(finding: Finding) -> &'static str {
    match finding {
        Finding::NoEvidence => "the report carries nothing that the rule needs",
        Finding::NoMatch => "nothing agrees",
        Finding::Tied => "several CIs carry the same identifier",
        Finding::Waits => "it may be a copy of a machine that lives",
        Finding::Proposed => "a person is asked",
        Finding::Decides => "it agrees",
        Finding::Vetoed(Veto::Retired) => "the CI with this identifier is retired",
        Finding::Vetoed(Veto::Live) => "another agent with this identifier is live",
        Finding::Vetoed(Veto::Contradicted) => "everything else that both carry differs",
        Finding::Vetoed(Veto::OtherSerial) => "the serial numbers differ",
        Finding::Vetoed(Veto::OtherMachineId) => "the machine ids differ",
        Finding::Vetoed(Veto::OtherProductUuid) => "the firmware's UUIDs differ",
        Finding::Vetoed(Veto::OtherMacs) => "the hardware addresses differ",
    }
}
