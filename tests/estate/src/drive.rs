//! Doing what standard input says, one command a line, and answering each line with one of JSON:
//!
//! - `enrol N` makes N more agents;
//! - `full C N` lets N agents that have not reported yet send a whole inventory, over C connections at a time;
//! - `beat C S` lets C agents send unchanged signs of life over a kept connection each, for S seconds;
//! - `call C N` lets N agents, C at a time, each open a connection for one sign of life, as agents do.

use std::cell::RefCell;
use std::io::{BufRead as _, Write as _};
use std::rc::Rc;
use std::time::{Duration, Instant};

use terrier_agent::transport::client::Session;
use terrier_estate::Failure;
use terrier_estate::fleet::{Fleet, Member, at_once, exchange, now, ready};
use terrier_estate::latency::{Latencies, Measured};

/// A fleet, and how many of its agents, from the first, have told everything.
pub(crate) struct Driven {
    fleet: Fleet,
    reported: usize,
}

impl Driven {
    pub(crate) const fn new(fleet: Fleet) -> Self {
        Self { fleet, reported: 0 }
    }

    /// Obeys until there is nothing more to read.
    pub(crate) async fn obey_all(&mut self) -> Result<(), Failure> {
        for line in std::io::stdin().lock().lines() {
            let measured = self.obey(&line?).await?;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{}", serde_json::to_string(&measured)?)?;
            out.flush()?;
        }
        Ok(())
    }

    async fn obey(&mut self, line: &str) -> Result<Measured, Failure> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["enrol", count] => self.fleet.enrol(count.parse()?).await,
            ["full", connections, count] => self.report(connections.parse()?, count.parse()?).await,
            ["beat", connections, seconds] => self.beat(connections.parse()?, seconds.parse()?).await,
            ["call", connections, count] => self.call(connections.parse()?, count.parse()?).await,
            _ => Err(format!("`{line}` is no command").into()),
        }
    }

    /// A connection each, from opening it to the answer. What agents send is made before the clock runs: they make it
    /// on machines of their own.
    async fn report(&mut self, connections: usize, count: usize) -> Result<Measured, Failure> {
        let mut turn = Vec::with_capacity(count);
        for member in self.fleet.members.iter_mut().skip(self.reported).take(count) {
            member.agent.observe(now());
            let batch = member.agent.next_batch(now())?;
            turn.push((member.clone(), ready(&batch)?, batch));
        }
        if turn.len() < count {
            return Err(format!("only {} agents have not reported yet", turn.len()).into());
        }
        self.reported += count;
        let told: Rc<RefCell<Vec<Member>>> = Rc::default();
        let telling = Rc::clone(&told);
        let (latencies, took) = at_once(connections, turn, move |(mut member, body, batch)| {
            let told = Rc::clone(&telling);
            async move {
                let began = Instant::now();
                let mut session = member.connect().await.map_err(|setback| setback.why)?;
                let reply = exchange(&mut session, body).await.map_err(|setback| setback.why)?;
                let took = began.elapsed();
                member.agent.answered(&batch, &reply, now());
                told.borrow_mut().push(member);
                Ok(took)
            }
        })
        .await;
        for member in told.take() {
            let place = usize::try_from(member.agent.host().number())?;
            if let Some(known) = self.fleet.members.get_mut(place) {
                *known = member;
            }
        }
        Ok(latencies.measured(took))
    }

    /// As fast as they are answered.
    async fn beat(&mut self, connections: usize, seconds: u64) -> Result<Measured, Failure> {
        let all = Rc::new(RefCell::new(Latencies::default()));
        let began = Instant::now();
        let until = began + Duration::from_secs(seconds);
        let tasks: Vec<_> = self
            .reporters(connections)?
            .into_iter()
            .map(|member| {
                let all = Rc::clone(&all);
                tokio::task::spawn_local(async move {
                    let latencies = beats(member, until).await;
                    all.borrow_mut().join(latencies);
                })
            })
            .collect();
        for task in tasks {
            task.await?;
        }
        Ok(all.take().measured(began.elapsed()))
    }

    async fn call(&mut self, connections: usize, count: usize) -> Result<Measured, Failure> {
        let turn = self.reporters(count)?;
        let (latencies, took) = at_once(connections, turn, |mut member| async move {
            let began = Instant::now();
            let mut session = member.connect().await.map_err(|setback| setback.why)?;
            sign_of_life(&mut member, &mut session).await?;
            Ok(began.elapsed())
        })
        .await;
        Ok(latencies.measured(took))
    }

    fn reporters(&self, count: usize) -> Result<Vec<Member>, Failure> {
        if self.reported < count {
            return Err(format!("only {} agents have reported", self.reported).into());
        }
        Ok(self.fleet.members.iter().take(count).cloned().collect())
    }
}

async fn beats(mut member: Member, until: Instant) -> Latencies {
    let mut latencies = Latencies::default();
    let mut session = match member.connect().await {
        Ok(session) => session,
        Err(setback) => {
            latencies.add(Err(setback.why));
            return latencies;
        }
    };
    while Instant::now() < until {
        let began = Instant::now();
        let outcome = sign_of_life(&mut member, &mut session).await;
        let is_broken = outcome.is_err();
        latencies.add(outcome.map(|()| began.elapsed()));
        if is_broken {
            break;
        }
    }
    latencies
}

/// Anything but "nothing is missing" is a failure.
async fn sign_of_life(member: &mut Member, session: &mut Session) -> Result<(), String> {
    let batch = member.agent.next_batch(now()).map_err(|error| error.to_string())?;
    let body = ready(&batch).map_err(|error| error.to_string())?;
    let reply = exchange(session, body).await.map_err(|setback| setback.why)?;
    if reply.want_full.is_empty() { Ok(()) } else { Err(format!("the server wants {:?} whole", reply.want_full)) }
}
