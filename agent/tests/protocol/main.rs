//! The agent against a server that speaks the wire: over TLS, on loopback, without a sleep.

#[cfg(test)]
mod authority;
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
mod program;
