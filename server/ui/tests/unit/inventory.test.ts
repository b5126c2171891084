import { setupI18n } from "@lingui/core";
import { describe, expect, it } from "vitest";
import type { Storage } from "../../src/api/sections";
import { usersOf } from "../../src/features/cmdb/page/AccountsView";
import { commonName, holderOf } from "../../src/features/cmdb/page/distinguishedName";
import { expiryOf, expiryWords, isExpiring } from "../../src/features/cmdb/page/expiry";
import { countGroups, pluggedRows } from "../../src/features/cmdb/page/plugged";
import { scheduleWords } from "../../src/features/cmdb/page/scheduleWords";
import { readWhen, scheduleRows } from "../../src/features/cmdb/page/schedules";
import { storageTroubles, volumeRows } from "../../src/features/cmdb/page/volumes";
import type { Translate } from "../../src/i18n";
import en from "../../src/i18n/en/index";
import ko from "../../src/i18n/ko/index";

const languages = Object.fromEntries(
  Object.entries({ en, ko }).map(([locale, messages]) => {
    const i18n = setupI18n({ locale, messages: { [locale]: messages as never } });
    return [locale, ((key, values) => i18n._(key, values)) satisfies Translate];
  }),
) as Record<"en" | "ko", Translate>;

describe("a schedule in words", () => {
  const words = (kind: "timer" | "cron", text: string, locale: "en" | "ko") => {
    const when = readWhen(kind, text);
    return when && scheduleWords(when, languages[locale], locale);
  };

  it.each([
    ["25 6 * * *", "daily 06:25", "매일 06:25"],
    ["*/5 * * * *", "every 5 minutes", "5분마다"],
    ["* * * * *", "every minute", "매분"],
    ["17 * * * *", "every hour at minute 17", "매시 17분"],
    ["0 */6 * * *", "every 6 hours at minute 0", "6시간마다 0분"],
    ["47 6 * * 7", "Sunday 06:47", "매주 일요일 06:47"],
    ["0 2 * * mon-fri", "Mon–Fri 02:00", "매주 월–금 02:00"],
    ["30 1 1,15 * *", "on day 1, 15 of the month 01:30", "매월 1, 15일 01:30"],
    ["@yearly", "on day 1 of Jan 00:00", "매년 1월 1일 00:00"],
    ["*/10 9-18 * * *", "every 10 minutes, 09:00–18:59", "09:00–18:59 10분마다"],
    ["@reboot", "at boot", "부팅할 때"],
  ])("reads the cron line %s", (text, english, korean) => {
    expect([words("cron", text, "en"), words("cron", text, "ko")]).toEqual([english, korean]);
  });

  it.each([
    ["OnCalendar=daily", "daily 00:00"],
    ["OnCalendar=weekly", "Monday 00:00"],
    ["OnCalendar=*-*-* 6,18:00", "daily 06:00, 18:00"],
    ["OnCalendar=Mon..Fri 22:30", "Mon–Fri 22:30"],
    ["OnCalendar=Sat,Sun *-*-* 03:10:00 Asia/Seoul", "Sat, Sun 03:10 (Asia/Seoul)"],
    ["OnCalendar=*:00/10", "every 10 minutes"],
    ["OnBootSec=15min", "15\u2009min after boot"],
    ["OnUnitActiveSec=1h 30min", "1\u2009h 30\u2009min after its last start"],
  ])("reads the timer's %s", (text, english) => {
    expect(words("timer", text, "en")).toBe(english);
  });

  // With both given, cron takes either day; few words would say the opposite.
  it.each(["0 4 13 * 5", "7-59/13 0-5,22 * * *", "61 * * * *", "0 0 * *", "0 0 31-1 * *", "nonsense", "*/0 * * * *", ""])("leaves the cron line %j as it is written", (text) => {
    expect(words("cron", text, "en")).toBeNull();
  });

  it.each(["OnCalendar=2026-01-01 00:00", "OnCalendar=Mon *-*-01..07 02:00", "OnCalendar=*-02~03", "OnCalendar=*-*-* 00:00:30", "OnBootSec=soon", "RandomizedDelaySec=5m"])("leaves the timer's %s as it is written", (text) => {
    expect(words("timer", text, "en")).toBeNull();
  });

  it("says where a job stands, by line where it has one", () => {
    const rows = scheduleRows({ jobs: [{ file: "/etc/crontab", line: 3, when: "@daily", command: "a" }, { file: "/etc/cron.daily/x", command: { b64: "eA==" } }] });
    expect(rows.map((row) => [row.place, row.what, row.original])).toEqual([["/etc/crontab:3", "a", ["@daily"]], ["/etc/cron.daily/x", "x", []]]);
  });

  it("says of a program in a directory how often and not when, which another job decides", () => {
    const rows = scheduleRows({ jobs: [{ file: "/etc/cron.weekly/x", line: null, when: "@weekly" }, { file: "/etc/crontab", line: 3, when: "@weekly" }] });
    expect(rows.map((row) => row.period)).toEqual(["week", null]);
  });
});

describe("a certificate's end", () => {
  const now = new Date("2026-03-01T00:00:00Z");
  const ends = (days: number) => expiryOf({ not_before_s: 0, not_after_s: now.getTime() / 1000 + days * 86_400 }, now);

  it.each([
    [-3.5, "expired", "expired 3 days ago", "3일 전 만료"],
    [-0.5, "expired", "expired today", "오늘 만료됨"],
    [0.5, "urgent", "expires within a day", "하루 안에 만료"],
    [1.5, "urgent", "1 day left", "1일 남음"],
    [29.5, "soon", "29 days left", "29일 남음"],
    [400, "valid", "400 days left", "400일 남음"],
  ])("in %s days is %s", (days, state, english, korean) => {
    const expiry = ends(days);
    expect([expiry.state, expiryWords(expiry, languages.en), expiryWords(expiry, languages.ko)]).toEqual([state, english, korean]);
  });

  it("is pressing when it is past or within 30 days, not when it begins later or is unknown", () => {
    expect([ends(-1), ends(5), ends(29.9), ends(30)].map(isExpiring)).toEqual([true, true, true, false]);
    const later = expiryOf({ not_before_s: now.getTime() / 1000 + 86_400, not_after_s: now.getTime() / 1000 + 2 * 86_400 }, now);
    expect([later.state, isExpiring(later), isExpiring(expiryOf({}, now))]).toEqual(["not_yet", false, false]);
  });

  it("is of the common name, else of the first name", () => {
    expect(commonName("OU=x,CN=Hanbit Co.\\, Ltd.,C=KR")).toBe("Hanbit Co., Ltd.");
    expect(commonName("O=no common name")).toBe("O=no common name");
    expect(holderOf({ subject: "", names: ["DNS:a.example", "DNS:b.example"] })).toBe("a.example");
  });
});

describe("what is plugged in", () => {
  it("is grouped by what it is for, with PCI and USB together", () => {
    const rows = pluggedRows({ pci: [{ address: "0", class_id: "060000" }, { address: "1", class_id: "020000", vendor: "Intel", device: "E810" }, { address: "2", class_id: "010802" }, { address: "3" }], usb: [{ place: "1-1", class_id: "08" }, { place: "1-2", class_id: "03", vendor_id: "0557", product_id: "2419" }] });
    expect(countGroups(rows)).toEqual([["network", 1], ["storage", 2], ["input", 1], ["bridge", 1], ["other", 1]]);
    expect(rows.map((row) => row.name)).toContain("0557:2419");
  });
});

describe("storage", () => {
  it("names what is wrong, and nothing when all is well", () => {
    const storage: Storage = {
      devices: [{ name: "sda", health: { verdict: "ok" } }, { name: "sdb", health: { verdict: "failing", problem: "threshold" } }, { name: "sdc" }],
      raid_arrays: [{ device: "md0", degraded: 1, members_wanted: 2 }, { device: "md1", state: "inactive", degraded: 2 }, { device: "md2", degraded: 0 }],
      multipaths: [{ device: "dm-1", name: "mpatha", paths: [{ device: "sdd", state: "running" }, { device: "sde", state: "offline" }, { device: "sdf" }] }],
    };
    expect(storageTroubles(storage).map((one) => [one.kind, one.device])).toEqual([["disk", "sdb"], ["raid", "md0"], ["raid_state", "md1"], ["multipath", "mpatha"]]);
    expect(storageTroubles({})).toEqual([]);
  });

  it("puts volumes below their group, and keeps an unknown size apart from none", () => {
    const rows = volumeRows({ volume_groups: [{ name: "vg0", size_bytes: 10, free_bytes: 0, volumes: [{ name: "root", size_bytes: 10 }] }, { name: "vg1" }] });
    expect(rows.map((row) => [row.name, row.depth, row.size, row.free])).toEqual([["vg0", 0, 10, 0], ["root", 1, 10, null], ["vg1", 0, null, null]]);
  });
});

describe("accounts", () => {
  it("are shown with their groups, the primary one first and each once", () => {
    const [user, stranger] = usersOf({ users: [{ uid: 1, name: "a", gid: 5 }, { uid: 2, name: "b", gid: 77 }], groups: [{ gid: 5, name: "staff", members: ["a"] }, { gid: 6, name: "sudo", members: ["a"] }] });
    expect(user?.groups).toEqual(["staff", "sudo"]);
    expect(stranger?.groups).toEqual(["77"]);
  });
});
