//! Inventories of other agents: XML, JSON, packed or not, in whatever encoding.

use jiff::Timestamp;
use terrier_server::imports::map::{DEVICES, Message, read};
use terrier_server::imports::model::node::NODES;

pub(crate) fn run(bytes: &[u8]) {
    let Ok(message) = read(bytes.to_vec(), Timestamp::UNIX_EPOCH) else { return };
    let Message::Inventories(inventories) = message else { return };
    assert!(inventories.len() <= DEVICES, "{} devices", inventories.len());
    for inventory in inventories {
        assert!(!inventory.reporter.is_empty() && inventory.reporter.len() <= 255, "a reporter without a name");
        assert!(inventory.observed.name.is_some() || inventory.observed.speaks(), "a device of nothing");
        let dependents = inventory.observed.parts.values().map(Vec::len).sum::<usize>();
        assert!(dependents <= NODES, "{dependents} items of one document");
        for part in inventory.observed.parts.values().flatten() {
            assert!(part.local_id.len() <= 255 && part.name.len() <= 255, "a name that no index holds");
            assert!(!part.name.contains('\0'), "a name that no database holds");
        }
    }
}
