//! Where a cloud says this host is, as cloud-init(1) wrote it down at boot. No server is asked.

use serde::Deserialize;
use terrier_shared::latest::section::{Cloud, Section, SectionKind};

use super::Collector;
use super::bounds::clip;
use super::failure::Failure;
use super::scan::Scan;

/// What everybody may read of it (cloud-init's documentation, "Instance metadata": the keys below `v1` are the same for
/// every cloud).
const PLACE: &str = "/run/cloud-init/instance-data.json";
const LIMIT: usize = 4 << 20;
/// What cloud-init calls a host that is in no cloud, or in one that it does not know.
const NO_CLOUDS: [&str; 4] = ["none", "unknown", "nocloud", "configdrive"];

pub(super) struct CloudCollector;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct InstanceData {
    v1: Standard,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Standard {
    cloud_name: Option<String>,
    instance_id: Option<String>,
    region: Option<String>,
    availability_zone: Option<String>,
}

impl Collector for CloudCollector {
    fn kind(&self) -> SectionKind {
        SectionKind::Cloud
    }

    fn collect(&self, scan: &Scan) -> Result<Section, Failure> {
        let Some(json) = scan.host.find(PLACE, LIMIT)? else { return Ok(Section::Cloud(Cloud::default())) };
        let data: InstanceData =
            serde_json::from_slice(&json).map_err(|error| Failure::malformed(PLACE, error.to_string()))?;
        Ok(Section::Cloud(data.v1.cloud()))
    }
}

impl Standard {
    fn cloud(self) -> Cloud {
        let said = |text: Option<String>| text.filter(|text| !text.is_empty()).map(clip);
        let provider = said(self.cloud_name).filter(|name| !NO_CLOUDS.contains(&name.to_lowercase().as_str()));
        if provider.is_none() {
            return Cloud::default();
        }
        Cloud {
            provider,
            instance_id: said(self.instance_id),
            region: said(self.region),
            zone: said(self.availability_zone),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cloud, InstanceData};

    fn read(json: &str) -> Cloud {
        serde_json::from_str::<InstanceData>(json).unwrap().v1.cloud()
    }

    #[test]
    fn the_standard_keys_say_where_the_host_is() {
        let cloud = read(
            r#"{"base64_encoded_keys":[],"ds":{"meta_data":{}},"v1":{"availability_zone":"ap-northeast-2a",
                "cloud_name":"aws","instance_id":"i-0123456789abcdef0","region":"ap-northeast-2","machine":"x86_64"}}"#,
        );
        assert_eq!((cloud.provider.as_deref(), cloud.zone.as_deref()), (Some("aws"), Some("ap-northeast-2a")));
        assert_eq!(cloud.instance_id.as_deref(), Some("i-0123456789abcdef0"));
    }

    #[test]
    fn a_host_in_no_cloud_says_nothing() {
        assert_eq!(read(r#"{"v1":{"cloud_name":"nocloud","instance_id":"nocloud","region":null}}"#), Cloud::default());
        assert_eq!(read("{}"), Cloud::default());
    }
}
