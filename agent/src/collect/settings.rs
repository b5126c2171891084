//! What the people who run a host may set of how it is looked at.

/// Where certificates are looked for, if nobody says otherwise.
const CERTIFICATE_PATHS: [&str; 17] = [
    "/etc/apache2",
    "/etc/dovecot",
    "/etc/exim4",
    "/etc/haproxy",
    "/etc/httpd",
    "/etc/kubernetes/pki",
    "/etc/letsencrypt/live",
    "/etc/mysql",
    "/etc/nginx",
    "/etc/openvpn",
    "/etc/pki/nginx",
    "/etc/pki/tls/certs",
    "/etc/postfix",
    "/etc/postgresql",
    "/etc/rabbitmq",
    "/etc/ssl/certs",
    "/etc/ssl/private",
];
/// Ports on which TLS begins with the first byte: of web and mail servers, directories, queues and orchestrators.
const CERTIFICATE_PORTS: [u16; 14] = [443, 465, 636, 853, 990, 993, 995, 3269, 5671, 5986, 6443, 8443, 8883, 9443];

/// What may be set; everything has a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Files with certificates, and directories below which there are some.
    pub certificate_paths: Vec<String>,
    /// Ports on which local listeners are asked to show their certificate.
    pub certificate_ports: Vec<u16>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            certificate_paths: CERTIFICATE_PATHS.map(str::to_owned).to_vec(),
            certificate_ports: CERTIFICATE_PORTS.to_vec(),
        }
    }
}
