//! What callers of either listener see, on both databases.

mod agent_rate;
mod agents;
mod audit;
mod audit_checkpoints;
mod ci;
mod ci_edit;
mod ci_export;
mod ci_list;
mod classes;
mod confirmation;
mod dead_letters;
mod enrolment;
mod health;
mod history;
mod organisations;
mod own_sessions;
mod relations;
mod reports;
mod reports_hostile;
mod samples;
mod second_factor;
mod session;
mod setup;
mod software;
mod tokens;
mod users;
