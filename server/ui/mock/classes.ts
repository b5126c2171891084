import type { CiClass } from "../src/api/types";

type Attribute = CiClass["attributes"][number];

function attribute(name: string, en: string, ko: string, type: string, unit: string | null = null, values?: Attribute["values"]): Attribute {
  return { name, label: { en, ko }, type, unit, inherited_from: null, origin: "shipped", hidden: false, passed_on: ["owner", "support_team", "criticality", "environment"].includes(name), rules: {}, ...(values ? { values } : {}) } as Attribute;
}

const host = [
  attribute("hostname", "Host name", "호스트 이름", "text"),
  attribute("fqdn", "FQDN", "FQDN", "text"),
  attribute("os_name", "Operating system", "운영체제", "text"),
  attribute("os_version", "OS version", "OS 버전", "text"),
  attribute("kernel_release", "Kernel", "커널", "text"),
  attribute("architecture", "Architecture", "아키텍처", "text"),
  attribute("cpu_threads", "Logical CPUs", "논리 CPU", "integer"),
  attribute("memory_bytes", "Memory", "메모리", "bytes"),
  attribute("serial", "Serial number", "일련번호", "text"),
  attribute("addresses", "Addresses", "주소", "list"),
  attribute("rack_unit", "Rack unit", "랙 유닛", "integer"),
  attribute("warranty_until", "Warranty until", "보증 만료", "datetime"),
  attribute("backup", "Backed up", "백업 대상", "boolean"),
];
const instance = [
  attribute("version", "Version", "버전", "text"),
  attribute("unit", "Unit", "유닛", "text"),
  attribute("executable", "Executable", "실행 파일", "text"),
  attribute("ports", "Ports", "포트", "list"),
  attribute("tier", "Tier", "계층", "enum", null, [
    { value: "front", label: { en: "Front", ko: "전면" } },
    { value: "back", label: { en: "Back", ko: "후면" } },
  ]),
];
const filesystem = [
  attribute("mount_point", "Mount point", "마운트 위치", "text"),
  attribute("kind", "Kind", "종류", "text"),
  attribute("size_bytes", "Size", "크기", "bytes"),
];
const service = [attribute("availability_target", "Availability target", "가용성 목표", "decimal", "%"), attribute("description", "Description", "설명", "text")];

function one(name: string, parent: string | null, en: string, ko: string, icon: string, family: CiClass["family"], attributes: Attribute[], abstract = false): CiClass {
  return { name, parent, label: { en, ko }, abstract, icon, family, origin: "shipped", hidden: false, version: 1, attributes: name === "ci" ? attributes : [...common, ...attributes], count: 0 } as CiClass;
}

const common = [
  attribute("name", "Name", "이름", "text"),
  attribute("owner", "Owner", "담당자", "text"),
  attribute("support_team", "Support team", "지원 팀", "text"),
  attribute("criticality", "Criticality", "중요도", "integer"),
  attribute("environment", "Environment", "환경", "text"),
  attribute("lifecycle", "Lifecycle", "수명 주기", "text"),
  attribute("tags", "Tags", "태그", "list"),
];

/** The class model the mock knows; `count` is filled in by the estate. */
export const classes: CiClass[] = [
  one("ci", null, "Configuration item", "구성 항목", "C", "org", common, true),
  one("host", "ci", "Host", "호스트", "H", "compute", host, true),
  one("physical_server", "host", "Physical server", "물리 서버", "P", "compute", host),
  one("virtual_machine", "host", "Virtual machine", "가상 서버", "V", "compute", host),
  one("container_host", "host", "Container host", "컨테이너 호스트", "C", "compute", host),
  one("software_instance", "ci", "Software instance", "소프트웨어 인스턴스", "S", "app", instance, true),
  one("database_instance", "software_instance", "Database", "데이터베이스", "D", "data", instance),
  one("web_server", "software_instance", "Web server", "웹 서버", "W", "app", instance),
  one("application_server", "software_instance", "Application server", "애플리케이션 서버", "A", "app", instance),
  one("message_broker", "software_instance", "Message broker", "메시지 브로커", "M", "app", instance),
  one("cache", "software_instance", "Cache", "캐시", "K", "data", instance),
  one("generic_process", "software_instance", "Process", "프로세스", "G", "app", instance),
  one("filesystem", "ci", "File system", "파일 시스템", "F", "data", filesystem),
  one("network_interface", "ci", "Network interface", "네트워크 인터페이스", "N", "network", []),
  one("external_endpoint", "ci", "External endpoint", "외부 대상", "E", "network", []),
  one("business_service", "ci", "Business service", "업무 서비스", "B", "service", service),
];
