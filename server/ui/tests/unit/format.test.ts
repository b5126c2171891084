import { describe, expect, it } from "vitest";
import { formatBytes, formatNumber, formatRatio } from "../../src/format/number";
import { formatDay, formatDuration, formatRelative, formatTime, fromLocalField, toLocalField, zoneName } from "../../src/format/time";
import { truncateMiddle } from "../../src/format/truncate";
import { visibleText } from "../../src/ui/Text";

const seoul = { locale: "ko", zone: "Asia/Seoul" };
const london = { locale: "en", zone: "Europe/London" };
const now = new Date("2025-11-22T00:00:00Z");

describe("times", () => {
  it("stand in the reader's zone and language", () => {
    const at = new Date("2025-11-21T17:00:00Z");
    expect(formatTime(at, seoul, now)).toBe("11-22(토) 02:00");
    expect(formatTime(at, london, now)).toBe("Fri 21 Nov 17:00");
  });

  it("keep the weekday Monday in Korean", () => {
    expect(formatDay(new Date("2025-06-02T03:00:00Z"), seoul, now)).toBe("06-02(월)");
  });

  it("carry the year when it is not this one", () => {
    expect(formatDay(new Date("2023-11-21T17:00:00Z"), seoul, now)).toBe("2023-11-22(수)");
    expect(formatDay(new Date("2023-11-21T17:00:00Z"), london, now)).toBe("Tue 21 Nov 2023");
  });

  it("name the zone shortly", () => {
    expect(zoneName("Asia/Seoul")).toBe("KST");
    expect(zoneName("UTC")).toBe("UTC");
    expect(zoneName("Europe/London", new Date("2025-07-01T00:00:00Z"))).toBe("GMT+1");
  });

  it.each(["Asia/Seoul", "Europe/London", "America/New_York", "UTC"])("survive a field of %s, across daylight saving", (zone) => {
    for (const iso of ["2025-01-15T03:30:00.000Z", "2025-07-15T03:30:00.000Z", "2025-10-26T12:00:00.000Z", "2025-03-30T12:00:00.000Z"]) {
      expect(fromLocalField(toLocalField(iso, zone), zone)).toBe(iso);
    }
  });

  it("refuse a field that is no time", () => {
    expect(fromLocalField("soon", "UTC")).toBeNull();
    expect(toLocalField("soon", "UTC")).toBe("");
  });

  it("say how long ago in words", () => {
    expect(formatRelative(new Date("2025-11-21T23:55:00Z"), "ko", now)).toBe("5분 전");
    expect(formatRelative(new Date("2025-11-22T02:00:00Z"), "en", now)).toBe("in 2 hr.");
  });

  it("say how long in two units", () => {
    expect(formatDuration(7500, "en")).toBe("2\u2009h 5\u2009min");
    expect(formatDuration(90061, "ko")).toBe("1일 1시간");
    expect(formatDuration(0, "ko")).toBe("0초");
  });
});

describe("numbers", () => {
  it("have their unit behind a thin space", () => {
    expect(formatBytes(16 * 1024 ** 3, "en")).toBe("16\u2009GiB");
    expect(formatBytes(1536, "en")).toBe("1.5\u2009KiB");
    expect(formatBytes(0, "en")).toBe("0\u2009B");
    expect(formatRatio(0.714, "ko")).toBe("71\u2009%");
    expect(formatRatio(0.024, "ko")).toBe("2.4\u2009%");
  });

  it("are grouped", () => {
    expect(formatNumber(20000, "ko")).toBe("20,000");
  });
});

describe("names", () => {
  it("are cut in the middle and keep their end", () => {
    expect(truncateMiddle("was-autopayment-batch-11", 14)).toBe("was-au…atch-11");
    expect(truncateMiddle("short", 14)).toBe("short");
  });

  it("count Hangul as two columns", () => {
    expect(Array.from(truncateMiddle("가나다라마바사아자차카타파하", 14)).length).toBeLessThanOrEqual(8);
  });

  it("show what would deceive the eye", () => {
    expect(visibleText("invoice\u202egnp.exe")).toBe("invoice⟨202E⟩gnp.exe");
    expect(visibleText("a\u0000b")).toBe("a⟨0000⟩b");
    expect(visibleText("평범한 이름")).toBe("평범한 이름");
  });
});
