use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use terrier_shared::latest::section::products::Product;
use terrier_shared::latest::section::{Section, SectionKind};

use crate::collect::collect;
use crate::collect::host::Host;

const CONTAINER: &str = "3a5f0c1de2b4968778695a4b3c2d1e0f3a5f0c1de2b4968778695a4b3c2d1e0f";
/// As Debian 12 started Tomcat 10, without most of its options.
const TOMCAT: &str = "/usr/lib/jvm/java-17-openjdk-amd64/bin/java -Djdk.tls.ephemeralDHKeySize=2048 -classpath \
    /usr/share/tomcat10/bin/bootstrap.jar:/usr/share/tomcat10/bin/tomcat-juli.jar -Dcatalina.base=/var/lib/tomcat10 \
    -Dcatalina.home=/usr/share/tomcat10 org.apache.catalina.startup.Bootstrap start";

/// A host with processes in `/proc`.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        machine.write("etc/passwd", "root:x:0:0::/:\npostgres:x:105:1::/:\n");
        machine.write("var/lib/dpkg/status", "");
        machine.process(1, "systemd", Some("/usr/lib/systemd/systemd"), "0::/init.scope", &["/sbin/init"]);
        machine
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn process(&self, pid: u32, name: &str, executable: Option<&str>, group: &str, arguments: &[&str]) {
        let place = format!("proc/{pid}");
        let stat = format!("{pid} ({name}) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {pid} 1 2");
        self.write(&format!("{place}/stat"), &stat);
        self.write(&format!("{place}/status"), &format!("Uid:\t{0}\t{0}\t{0}\t{0}\n", if pid == 1 { 0 } else { 105 }));
        self.write(&format!("{place}/cgroup"), group);
        self.write(&format!("{place}/cmdline"), &format!("{}\0", arguments.join("\0")));
        if let Some(executable) = executable {
            symlink(executable, self.0.path().join(place).join("exe")).unwrap();
        }
    }

    fn service(&self, pid: u32, unit: &str, executable: &str, command: &str) {
        let name = executable.rsplit('/').next().unwrap();
        let arguments: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
        self.process(pid, name, Some(executable), &format!("0::/system.slice/{unit}"), &arguments);
    }

    fn package(&self, name: &str, version: &str, file: &str) {
        let path = "var/lib/dpkg/status";
        let before = fs::read_to_string(self.0.path().join(path)).unwrap();
        let entry =
            format!("Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n");
        self.write(path, &(before + &entry));
        self.write(&format!("var/lib/dpkg/info/{name}.list"), &format!("{file}\n"));
    }

    fn products(&self) -> Vec<Product> {
        let mut collected = collect(&Host::at(self.0.path()), &[SectionKind::Products]);
        assert_eq!(collected.faults, []);
        let Section::Products(section) = collected.sections.remove(0) else { panic!("{collected:?}") };
        section.products
    }

    /// Name, version, how it is known, and place.
    fn told(&self) -> Vec<String> {
        let told = self.products().into_iter().map(|product| {
            let (version, by) = (product.version.unwrap_or_default(), product.version_by.unwrap_or_default());
            format!("{} {version} {by} {}", product.name, product.place.to_lossy())
        });
        told.collect()
    }
}

#[test]
fn the_package_that_owns_it_tells_the_version_before_anything_else() {
    let machine = Machine::new();
    let postgres = "/usr/lib/postgresql/15/bin/postgres";
    machine.service(40, "postgresql@15-main.service", postgres, "/usr/lib/postgresql/15/bin/postgres -D /x");
    assert_eq!(machine.told(), [format!("postgresql 15 path {postgres}")]);
    machine.package("postgresql-15", "15.14-0+deb12u1", postgres);
    let product = machine.products().remove(0);
    assert_eq!((product.version.as_deref(), product.version_by.as_deref()), (Some("15.14"), Some("package")));
    assert_eq!(product.unit.as_deref(), Some("postgresql@15-main.service"));
    assert_eq!((product.user.as_deref(), product.role.as_str()), (Some("postgres"), "database"));
    assert_eq!((product.member_role, product.container), (None, None));
}

#[test]
fn a_server_that_replays_what_another_wrote_is_a_replica() {
    let machine = Machine::new();
    let unit = "0::/system.slice/postgresql@15-main.service";
    let executable = "/usr/lib/postgresql/15/bin/postgres";
    machine.process(40, "postgres", Some(executable), unit, &[executable, "-D", "/x"]);
    let title = "postgres: 15/main: startup recovering 000000010000000000000003";
    machine.process(41, "postgres", Some(executable), unit, &[title]);
    let stat = fs::read_to_string(machine.0.path().join("proc/41/stat")).unwrap();
    machine.write("proc/41/stat", &stat.replace("S 1 1", "S 40 1"));
    let products = machine.products();
    assert_eq!(products.len(), 1);
    assert_eq!(products[0].member_role.as_deref(), Some("replica"));
}

#[test]
fn what_java_runs_stands_beside_the_machine_that_runs_it() {
    let machine = Machine::new();
    let java = "/usr/lib/jvm/java-17-openjdk-amd64/bin/java";
    let release = "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.16\"\n";
    machine.write("usr/lib/jvm/java-17-openjdk-amd64/release", release);
    machine.package("libtomcat10-java", "10.1.34-0+deb12u2", "/usr/share/tomcat10/bin/bootstrap.jar");
    machine.service(50, "tomcat10.service", java, TOMCAT);
    assert_eq!(
        machine.told(),
        ["openjdk 17.0.16 file /usr/lib/jvm/java-17-openjdk-amd64", "tomcat 10.1.34 package /usr/share/tomcat10"]
    );
}

#[test]
fn software_from_an_archive_is_known_by_its_files_and_names() {
    let machine = Machine::new();
    let java = "/opt/jdk/bin/java";
    machine.write("opt/jdk/release", "IMPLEMENTOR=\"Oracle Corporation\"\nJAVA_VERSION=\"1.8.0_392\"\n");
    machine.write("opt/tomcat/RELEASE-NOTES", "\n   Apache Tomcat Version 9.0.85\n            Release Notes\n");
    let start = "-Dcatalina.home=/opt/tomcat org.apache.catalina.startup.Bootstrap start";
    machine.service(50, "a.service", java, &format!("java {start}"));
    let kafka =
        "java -cp /opt/k/libs/kafka-clients-3.6.1.jar:/opt/k/libs/kafka_2.13-3.6.1.jar kafka.Kafka x.properties";
    machine.service(51, "b.service", java, kafka);
    machine.write("opt/es/lib/elasticsearch-cli-8.0.0.jar", "");
    machine.write("opt/es/lib/elasticsearch-8.11.1.jar", "");
    let search = "java -Des.path.home=/opt/es -m org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch";
    machine.service(52, "c.service", java, search);
    machine.write("opt/wf/version.txt", "WildFly Full 30.0.1.Final (WildFly Core 22.0.2.Final)\n");
    machine.service(53, "d.service", java, "java -Djboss.home.dir=/opt/wf org.jboss.as.standalone -b 0.0.0.0");
    machine.service(54, "e.service", "/opt/etcd-v3.5.9-linux-amd64/etcd", "./etcd");
    let told: Vec<_> = machine.told().into_iter().filter(|told| !told.starts_with("oracle-java")).collect();
    assert_eq!(
        told,
        [
            "elasticsearch 8.11.1 file /opt/es",
            "etcd 3.5.9 path /opt/etcd-v3.5.9-linux-amd64/etcd",
            "kafka 3.6.1 command_line /opt/k",
            "tomcat 9.0.85 file /opt/tomcat",
            "wildfly 30.0.1 file /opt/wf",
        ]
    );
}

#[test]
fn processes_that_may_not_be_looked_into_are_known_by_what_they_call_themselves() {
    let machine = Machine::new();
    let unit = "0::/system.slice/nginx.service";
    machine.package("nginx", "1.22.1-9", "/usr/sbin/nginx");
    let title = "nginx: master process /usr/sbin/nginx -g daemon on;";
    machine.process(60, "nginx", None, unit, &[title]);
    machine.process(61, "nginx", None, unit, &["nginx: worker process"]);
    assert_eq!(machine.told(), ["nginx 1.22.1 package /usr/sbin/nginx"]);
}

#[test]
fn what_a_service_starts_for_a_session_is_no_other_software() {
    let machine = Machine::new();
    machine.process(70, "sshd", Some("/usr/sbin/sshd"), "0::/system.slice/ssh.service", &["/usr/sbin/sshd", "-D"]);
    let session = "0::/user.slice/user-0.slice/session-9.scope";
    machine.process(71, "sshd", Some("/usr/sbin/sshd"), session, &["sshd: root@pts/0"]);
    let products = machine.products();
    assert_eq!(products.iter().map(|product| product.unit.as_deref()).collect::<Vec<_>>(), [Some("ssh.service")]);
}

#[test]
fn in_a_container_only_its_own_files_count() {
    let machine = Machine::new();
    machine.package("nginx", "1.22.1-9", "/usr/sbin/nginx");
    let group = format!("0::/system.slice/docker-{CONTAINER}.scope");
    machine.process(80, "nginx", Some("/usr/sbin/nginx"), &group, &["nginx: master process nginx -g daemon off;"]);
    machine.process(
        81,
        "java",
        Some("/opt/java/bin/java"),
        &group,
        &["java", "-Dcatalina.home=/t", "org.apache.catalina.startup.Bootstrap"],
    );
    machine.write("t/RELEASE-NOTES", "Apache Tomcat Version 1.1.1");
    machine.write("proc/81/root/t/RELEASE-NOTES", "Apache Tomcat Version 9.0.1");
    let products = machine.products();
    let told: Vec<_> = products.iter().map(|p| (p.name.as_str(), p.version.as_deref())).collect();
    assert_eq!(told, [("java", None), ("nginx", None), ("tomcat", Some("9.0.1"))]);
    assert!(products.iter().all(|product| product.container.as_deref() == Some(CONTAINER)));
    let outside = machine.0.path().join("secret");
    fs::write(&outside, "Apache Tomcat Version 6.6.6").unwrap();
    let notes = machine.0.path().join("proc/81/root/t/RELEASE-NOTES");
    fs::remove_file(&notes).unwrap();
    symlink(Path::new("../../../../secret"), notes).unwrap();
    assert_eq!(machine.products()[2].version, None);
}

#[test]
fn a_script_is_known_by_its_name_and_a_client_by_none() {
    let machine = Machine::new();
    machine.package("gunicorn", "20.1.0-6", "/usr/bin/gunicorn");
    machine.service(90, "shop.service", "/usr/bin/python3.11", "/usr/bin/python3 /usr/bin/gunicorn -b :80 app:app");
    machine.service(91, "backup.service", "/usr/bin/mysqldump", "mysqldump shop");
    machine.service(92, "job.service", "/usr/bin/python3.11", "/usr/bin/python3 /opt/redis-server.py");
    assert_eq!(machine.told(), ["gunicorn 20.1.0 package /usr/bin/gunicorn"]);
}
