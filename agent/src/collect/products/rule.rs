//! What is well known: by which program it is recognised, and what it does.

/// Software that is a program of its own.
#[derive(Debug)]
pub(super) struct Rule {
    /// The product, also in paths that hold a version.
    pub(super) name: &'static str,
    pub(super) role: &'static str,
    /// Names of its executable, without the version that may follow.
    pub(super) programs: &'static [&'static str],
    /// What an argument has to hold, where the program runs other software as well.
    pub(super) marker: Option<&'static str>,
}

const fn rule(name: &'static str, role: &'static str, programs: &'static [&'static str]) -> Rule {
    Rule { name, role, programs, marker: None }
}

const fn marked(name: &'static str, role: &'static str, program: &'static [&'static str], by: &'static str) -> Rule {
    Rule { name, role, programs: program, marker: Some(by) }
}

/// In the order in which they are tried: what a runtime runs comes before the runtime.
pub(super) const RULES: &[Rule] = &[
    rule("postgresql", "database", &["postgres", "postmaster"]),
    rule("pgbouncer", "proxy", &["pgbouncer"]),
    rule("mariadb", "database", &["mariadbd"]),
    rule("mysql", "database", &["mysqld"]),
    rule("mongodb", "database", &["mongod", "mongos"]),
    rule("oracle", "database", &["tnslsnr"]),
    rule("db2", "database", &["db2sysc"]),
    rule("mssql", "database", &["sqlservr"]),
    rule("clickhouse", "database", &["clickhouse-server"]),
    rule("influxdb", "database", &["influxd", "influxdb3"]),
    rule("etcd", "database", &["etcd"]),
    rule("cockroachdb", "database", &["cockroach"]),
    rule("firebird", "database", &["firebird"]),
    marked("couchdb", "database", &["beam.smp"], "couchdb"),
    rule("redis", "cache", &["redis-server"]),
    rule("valkey", "cache", &["valkey-server"]),
    rule("keydb", "cache", &["keydb-server"]),
    rule("memcached", "cache", &["memcached"]),
    rule("varnish", "cache", &["varnishd"]),
    rule("nginx", "web_server", &["nginx", "openresty"]),
    rule("apache", "web_server", &["apache2", "httpd"]),
    rule("caddy", "web_server", &["caddy"]),
    rule("lighttpd", "web_server", &["lighttpd"]),
    rule("haproxy", "proxy", &["haproxy"]),
    rule("traefik", "proxy", &["traefik"]),
    rule("envoy", "proxy", &["envoy"]),
    rule("squid", "proxy", &["squid"]),
    marked("rabbitmq", "message_broker", &["beam.smp"], "rabbitmq_server-"),
    marked("emqx", "message_broker", &["beam.smp"], "emqx"),
    rule("nats", "message_broker", &["nats-server"]),
    rule("mosquitto", "message_broker", &["mosquitto"]),
    rule("nsq", "message_broker", &["nsqd"]),
    rule("php-fpm", "application_server", &["php-fpm"]),
    rule("uwsgi", "application_server", &["uwsgi", "uwsgi-core"]),
    rule("gunicorn", "application_server", &["gunicorn"]),
    rule("uvicorn", "application_server", &["uvicorn"]),
    rule("puma", "application_server", &["puma"]),
    rule("kubelet", "container_platform", &["kubelet"]),
    rule("kube-apiserver", "container_platform", &["kube-apiserver"]),
    rule("k3s", "container_platform", &["k3s"]),
    rule("docker", "container_platform", &["dockerd"]),
    rule("containerd", "container_platform", &["containerd"]),
    rule("cri-o", "container_platform", &["crio"]),
    rule("lxd", "container_platform", &["lxd"]),
    rule("incus", "container_platform", &["incusd"]),
    rule("prometheus", "monitoring", &["prometheus"]),
    rule("alertmanager", "monitoring", &["alertmanager"]),
    rule("grafana", "monitoring", &["grafana", "grafana-server"]),
    rule("node_exporter", "monitoring", &["node_exporter", "prometheus-node-exporter"]),
    rule("zabbix-server", "monitoring", &["zabbix_server"]),
    rule("zabbix-agent", "monitoring", &["zabbix_agentd", "zabbix_agent2"]),
    rule("telegraf", "monitoring", &["telegraf"]),
    rule("nagios", "monitoring", &["nagios"]),
    rule("icinga2", "monitoring", &["icinga2"]),
    rule("consul", "service_discovery", &["consul"]),
    rule("vault", "secret_store", &["vault"]),
    rule("openldap", "directory", &["slapd"]),
    rule("389-ds", "directory", &["ns-slapd"]),
    rule("samba", "file_server", &["smbd", "samba"]),
    rule("vsftpd", "file_server", &["vsftpd"]),
    rule("minio", "file_server", &["minio"]),
    rule("bind", "name_server", &["named"]),
    rule("unbound", "name_server", &["unbound"]),
    rule("dnsmasq", "name_server", &["dnsmasq"]),
    rule("postfix", "mail_server", &["postfix/sbin/master", "postfix/master"]),
    rule("exim", "mail_server", &["exim"]),
    rule("dovecot", "mail_server", &["dovecot"]),
    rule("chrony", "time_server", &["chronyd"]),
    rule("ntp", "time_server", &["ntpd"]),
    rule("openssh", "remote_access", &["sshd"]),
    rule("openvpn", "remote_access", &["openvpn"]),
    rule("cups", "print_server", &["cupsd"]),
    rule("node", "runtime", &["node", "nodejs"]),
    rule("dotnet", "runtime", &["dotnet"]),
];

/// Software that runs in a Java virtual machine.
#[derive(Debug)]
pub(super) struct JavaRule {
    pub(super) name: &'static str,
    pub(super) role: &'static str,
    /// An argument that is, or ends with, one of these starts it: the main class, or the archive that is run.
    pub(super) started_by: &'static [&'static str],
    /// What one of the arguments has to hold besides.
    pub(super) marker: Option<&'static str>,
    /// The properties that hold its directory.
    pub(super) home: &'static [&'static str],
    /// The directory of archives in it, and how the name of one begins that goes on with the version.
    pub(super) archive: Option<(&'static str, &'static str)>,
    /// A file in it and what stands before the version there.
    pub(super) file: Option<(&'static str, &'static str)>,
}

const fn java(name: &'static str, role: &'static str, started_by: &'static [&'static str]) -> JavaRule {
    JavaRule { name, role, started_by, marker: None, home: &[], archive: None, file: None }
}

/// As the start scripts of each name its main class and properties.
pub(super) const JAVA_RULES: &[JavaRule] = &[
    JavaRule {
        home: &["catalina.home"],
        file: Some(("RELEASE-NOTES", "Apache Tomcat Version ")),
        ..java("tomcat", "application_server", &["org.apache.catalina.startup.Bootstrap"])
    },
    JavaRule {
        marker: Some("eap"),
        home: &["jboss.home.dir"],
        file: Some(("version.txt", " - Version ")),
        ..java("jboss-eap", "application_server", &["org.jboss.as.standalone", "org.jboss.as.server"])
    },
    JavaRule {
        home: &["jboss.home.dir"],
        file: Some(("version.txt", "WildFly Full ")),
        ..java("wildfly", "application_server", &["org.jboss.as.standalone", "org.jboss.as.server"])
    },
    JavaRule { home: &["weblogic.home", "wls.home"], ..java("weblogic", "application_server", &["weblogic.Server"]) },
    java("glassfish", "application_server", &["com.sun.enterprise.glassfish.bootstrap.ASMain"]),
    JavaRule { archive: Some(("libs", "kafka_")), ..java("kafka", "message_broker", &["kafka.Kafka"]) },
    JavaRule {
        archive: Some(("lib", "zookeeper-")),
        ..java("zookeeper", "service_discovery", &["org.apache.zookeeper.server.quorum.QuorumPeerMain"])
    },
    JavaRule {
        home: &["es.path.home"],
        archive: Some(("lib", "elasticsearch-")),
        ..java("elasticsearch", "database", &["org.elasticsearch.bootstrap.Elasticsearch"])
    },
    JavaRule {
        home: &["opensearch.path.home"],
        archive: Some(("lib", "opensearch-")),
        ..java("opensearch", "database", &["org.opensearch.bootstrap.OpenSearch"])
    },
    JavaRule {
        archive: Some(("lib", "apache-cassandra-")),
        ..java("cassandra", "database", &["org.apache.cassandra.service.CassandraDaemon"])
    },
    JavaRule {
        home: &["artemis.home"],
        archive: Some(("lib", "artemis-server-")),
        ..java("artemis", "message_broker", &["org.apache.activemq.artemis.boot.Artemis"])
    },
    JavaRule {
        home: &["activemq.home"],
        archive: Some(("lib", "activemq-broker-")),
        ..java("activemq", "message_broker", &["/activemq.jar"])
    },
    JavaRule { home: &["solr.install.dir"], ..java("solr", "database", &["-Dsolr.log.muteconsole"]) },
    java("jenkins", "ci_server", &["/jenkins.war"]),
    java("logstash", "monitoring", &["org.logstash.Logstash"]),
    JavaRule {
        home: &["jetty.home"],
        archive: Some(("lib", "jetty-server-")),
        ..java("jetty", "application_server", &["/start.jar"])
    },
];
