//! Which CI is this? Rules in their order; the first that matches without a veto wins.
//!
//! A match whose CI has a live reporter of the same source is not taken and not refused at once: if that reporter
//! speaks again after the newcomer began, there are two machines (a copy); if it has fallen silent, the newcomer is the
//! same machine set up anew. Until then the newcomer's reports wait, so that neither a second CI nor a wrong one is
//! made. An agent that speaks from the very boot the CI's agent last spoke from, and was enrolled after it, is the same
//! machine: the kernel draws a boot id at random (`/proc/sys/kernel/random/boot_id`, random(4)), so that only a machine
//! copied while it ran has the same. Of such two the one enrolled first is vetoed when it speaks again: they part, and
//! do not take turns.

use jiff::{SignedDuration, Timestamp};

use super::evidence::Evidence;
use super::rule::{Outcome, Rule, Veto};

/// Seconds between two reports of a reporter of which nothing else is known.
const USUAL_INTERVAL_S: i32 = 300;
/// What delays a report on its way.
const DELAY: SignedDuration = SignedDuration::from_mins(2);

/// A CI that carries at least one of the same identifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The CI.
    pub ci_key: i32,
    /// What it carries.
    pub evidence: Evidence,
    /// Whether people retired or disposed of it.
    pub retired: bool,
    /// Who reports as this CI already and is of the newcomer's source.
    pub rival: Option<Rival>,
}

/// A reporter that speaks as a CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rival {
    /// When it was last heard.
    pub heard: Timestamp,
    /// Seconds between two of its reports; nothing if that is not known.
    pub interval_s: Option<i32>,
    /// Whether it was there before the newcomer.
    pub is_older: bool,
}

/// Who asks, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When the newcomer first spoke.
    pub since: Timestamp,
    /// This moment.
    pub now: Timestamp,
    /// As of when silence is judged: earlier than now while a silence is nobody's own.
    pub judged_at: Timestamp,
    /// Whether its report can wait until it is clear whether it is a copy; of what cannot, a person is asked.
    pub can_wait: bool,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is this CI.
    Existing {
        /// The CI.
        ci_key: i32,
        /// The place of the rule among those asked.
        rule: usize,
    },
    /// It is this CI or a copy of it: that shows until then.
    Wait {
        /// The CI.
        ci_key: i32,
        /// The place of the rule.
        rule: usize,
        /// When it is clear at the latest.
        until: Timestamp,
    },
    /// It is a new CI.
    New,
}

/// Why a rule did not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The report carries nothing that the rule needs.
    NoEvidence,
    /// The CI does not agree.
    NoMatch,
    /// It agrees, but this speaks against it.
    Vetoed(Veto),
    /// It agrees, and so do others.
    Tied,
    /// It agrees, and who reports as it may still be alive.
    Waits,
    /// It agrees; a person is asked.
    Proposed,
    /// It agrees and decides.
    Decides,
}

/// A step on the way to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The place of the rule among those asked.
    pub rule: usize,
    /// The CI it was held against; none if the report carries nothing that the rule needs, or there is no candidate.
    pub ci_key: Option<i32>,
    /// What was found.
    pub finding: Finding,
}

/// The answer and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub verdict: Verdict,
    /// Every rule held against every candidate, up to the one that decided.
    pub steps: Vec<Step>,
}

impl Decision {
    /// CIs that a person has to look at, if a new one is made: with the rule and what spoke against it. A copy that
    /// lives beside the original is no question.
    pub fn questions(&self) -> impl Iterator<Item = (i32, usize, Option<Veto>)> {
        self.steps.iter().filter_map(|step| match step.finding {
            Finding::Proposed | Finding::Tied => Some((step.ci_key?, step.rule, None)),
            Finding::Vetoed(veto) if !matches!(veto, Veto::Live | Veto::Retired) => {
                Some((step.ci_key?, step.rule, Some(veto)))
            }
            _ => None,
        })
    }

    /// The retired CI that a new one comes after.
    #[must_use]
    pub fn predecessor(&self) -> Option<i32> {
        let retired = |step: &&Step| step.finding == Finding::Vetoed(Veto::Retired);
        self.steps.iter().find(retired).and_then(|step| step.ci_key)
    }

    /// The veto that a new CI was made for, for history.
    #[must_use]
    pub fn veto(&self) -> Option<Finding> {
        let telling = |step: &&Step| matches!(step.finding, Finding::Vetoed(_) | Finding::Tied);
        self.steps.iter().find(telling).map(|step| step.finding)
    }
}

/// Which of the candidates it is, for a reporter that no CI is bound to yet. Candidates in any order; `rules` in theirs.
#[must_use]
pub fn identify(rules: &[Rule], evidence: &Evidence, candidates: &[Candidate], moment: Moment) -> Decision {
    let mut candidates: Vec<&Candidate> = candidates.iter().collect();
    candidates.sort_by_key(|candidate| candidate.ci_key);
    let mut steps = Vec::new();
    for (place, rule) in rules.iter().enumerate().filter(|(_, rule)| rule.enabled) {
        let verdict = ask((place, rule), evidence, &candidates, moment, &mut steps);
        if let Some(verdict) = verdict {
            return Decision { verdict, steps };
        }
    }
    Decision { verdict: Verdict::New, steps }
}

fn ask(
    (place, rule): (usize, &Rule),
    evidence: &Evidence,
    candidates: &[&Candidate],
    moment: Moment,
    steps: &mut Vec<Step>,
) -> Option<Verdict> {
    let step = |ci_key, finding| Step { rule: place, ci_key, finding };
    if !rule.needs.iter().all(|need| need.is_there(evidence)) {
        steps.push(step(None, Finding::NoEvidence));
        return None;
    }
    let before = steps.len();
    let mut left = Vec::new();
    for candidate in candidates {
        match held_against(rule, evidence, candidate, moment) {
            Held::Not(finding) => steps.push(step(Some(candidate.ci_key), finding)),
            held => left.push((candidate.ci_key, held)),
        }
    }
    let finding = |finding| left.iter().map(move |(ci_key, _)| step(Some(*ci_key), finding));
    match (left.as_slice(), rule.outcome) {
        ([], _) => {
            if steps.len() == before {
                steps.push(step(None, Finding::NoMatch));
            }
            None
        }
        (_, Outcome::Propose) => {
            steps.extend(finding(Finding::Proposed));
            None
        }
        ([(_, Held::Until(_))], Outcome::Match) if !moment.can_wait => {
            steps.extend(finding(Finding::Proposed));
            None
        }
        ([(ci_key, Held::Until(until))], Outcome::Match) => {
            steps.push(step(Some(*ci_key), Finding::Waits));
            Some(Verdict::Wait { ci_key: *ci_key, rule: place, until: *until })
        }
        ([(ci_key, _)], Outcome::Match) => {
            steps.push(step(Some(*ci_key), Finding::Decides));
            Some(Verdict::Existing { ci_key: *ci_key, rule: place })
        }
        _ => {
            // Of those that live beside one another no person need be asked.
            steps.extend(left.iter().map(|(ci_key, held)| match held {
                Held::Until(_) => step(Some(*ci_key), Finding::Vetoed(Veto::Live)),
                Held::Not(_) | Held::Agrees => step(Some(*ci_key), Finding::Tied),
            }));
            None
        }
    }
}

/// A candidate held against a rule.
enum Held {
    Not(Finding),
    Until(Timestamp),
    Agrees,
}

fn held_against(rule: &Rule, evidence: &Evidence, candidate: &Candidate, moment: Moment) -> Held {
    if !rule.agrees(evidence, &candidate.evidence) {
        return Held::Not(Finding::NoMatch);
    }
    if candidate.retired && rule.vetoes.contains(&Veto::Retired) {
        return Held::Not(Finding::Vetoed(Veto::Retired));
    }
    let speaks = |veto: &&Veto| veto.speaks(rule, evidence, &candidate.evidence);
    if let Some(veto) = rule.vetoes.iter().find(speaks) {
        return Held::Not(Finding::Vetoed(*veto));
    }
    match candidate.rival {
        Some(rival) if rule.vetoes.contains(&Veto::Live) => against_rival(rival, evidence, candidate, moment),
        _ => Held::Agrees,
    }
}

fn against_rival(rival: Rival, evidence: &Evidence, candidate: &Candidate, moment: Moment) -> Held {
    let same_boot = evidence.boot_id.is_some() && evidence.boot_id == candidate.evidence.boot_id;
    if rival.is_older && same_boot {
        return Held::Agrees;
    }
    if rival.heard > moment.since {
        return Held::Not(Finding::Vetoed(Veto::Live));
    }
    let interval = SignedDuration::from_secs(rival.interval_s.unwrap_or(USUAL_INTERVAL_S).into());
    let overdue = rival.heard.saturating_add(interval + DELAY).unwrap_or(Timestamp::MAX);
    if moment.judged_at > overdue {
        return Held::Agrees;
    }
    // While a silence is nobody's own, the clock by which it is judged stands still.
    let stands_still_for = moment.now.duration_since(moment.judged_at);
    Held::Until(overdue.saturating_add(stands_still_for).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests;
