//! The agent against a server that speaks the wire: over TLS, on loopback, without a sleep.

#[cfg(test)]
mod absence;
#[cfg(test)]
mod authority;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod estate;
#[cfg(test)]
mod server;

#[cfg(test)]
mod conversation;
mod copies;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod enrolment;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod poison;
#[cfg(test)]
mod program;
#[cfg(test)]
mod skew;
#[cfg(test)]
mod survival;
