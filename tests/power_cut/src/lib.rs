//! What a disk may hold after the power was cut while a program wrote to it.
//!
//! Does: have strace(1) record what a program writes to the files of a directory and what of it is made durable, and
//! build the states in which the disk may be found after a power cut at any of these steps.
//! Does not: know what the files mean, or what was promised about them: that is for whoever looks at an image.

mod cut;
mod image;
mod record;
mod trace;

pub use self::cut::{Cut, Luck, each_image};
pub use self::image::{Disk, Image, write};
pub use self::record::{RecordError, Traced, record};
pub use self::trace::{STRACE, Step, TraceError, read};
