//! Saying that a database was put back, where no server can see it.

use crate::harness::database::Backend;
use crate::harness::process::ServerProcess;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_that_the_machine_was_set_back_has_agents_send_again_what_they_hold() {
    for backend in Backend::BOTH {
        let mut server = ServerProcess::start(backend);
        let agent = server.agent("web-1").await;
        let before = agent.send(&[]).await.json()["incarnation"].clone();
        server.kill_and_restart();
        assert_eq!(agent.send(&[]).await.json()["incarnation"], before, "{backend:?}: it was only started again");
        server.kill();
        server.run(&["restored"]);
        server.start_again().unwrap();
        assert_ne!(agent.send(&[]).await.json()["incarnation"], before, "{backend:?}");
    }
}
