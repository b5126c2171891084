import { describe, expect, it } from "vitest";
import { josa, resolveParticles } from "../../src/i18n/josa";

describe("the particle helper", () => {
  it.each([
    ["호스트", "이/가", "가"],
    ["장비", "을/를", "를"],
    ["결제승인", "을/를", "을"],
    ["서울", "으로/로", "로"],
    ["부산", "으로/로", "으로"],
    ["db-p-001", "을/를", "을"],
    ["db-p-002", "을/를", "를"],
    ["nginx", "이/가", "가"],
    ["mysql", "이/가", "이"],
    ["(web)", "은/는", "는"],
    ["", "은/는", "는"],
  ])("gives %s the form of %s that is %s", (word, pair, expected) => {
    expect(josa(word, pair)).toBe(expected);
  });

  it("fills the markers of a message by what stands before them", () => {
    expect(resolveParticles("결제승인[을/를] 폐기할까요?")).toBe("결제승인을 폐기할까요?");
    expect(resolveParticles("호스트[이/가] 서버[과/와]")).toBe("호스트가 서버와");
  });

  it("leaves other brackets alone", () => {
    expect(resolveParticles("a[0] [test]")).toBe("a[0] [test]");
  });
});
