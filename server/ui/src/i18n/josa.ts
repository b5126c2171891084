const batchimDigits = new Set(["0", "1", "3", "6", "7", "8"]);
const batchimLetters = /[lmnrLMNR]$/;

type Ending = "vowel" | "consonant" | "rieul";

function ending(word: string): Ending {
  const last = word.replace(/[\s)\]"'”’.…]+$/u, "").slice(-1);
  const code = last.charCodeAt(0);
  if (code >= 0xac00 && code <= 0xd7a3) {
    const final = (code - 0xac00) % 28;
    return final === 0 ? "vowel" : final === 8 ? "rieul" : "consonant";
  }
  if (/[178]/.test(last)) return "rieul";
  if (batchimDigits.has(last)) return "consonant";
  if (/[lrLR]$/.test(last)) return "rieul";
  return batchimLetters.test(last) ? "consonant" : "vowel";
}

/** The particle that fits `word`; `pair` is written consonant form first: `이/가`, `을/를`, `으로/로`.
 *
 * Digits and Latin letters go by how they are read aloud in Korean.
 */
export function josa(word: string, pair: string): string {
  const [afterConsonant = "", afterVowel = ""] = pair.split("/");
  const end = ending(word);
  if (end === "rieul" && afterConsonant === "으로") return afterVowel;
  return end === "vowel" ? afterVowel : afterConsonant;
}

const marker = /\[(은\/는|이\/가|을\/를|과\/와|으로\/로|이에요\/예요)\]/g;

/** Replaces markers such as `{name}[을/를]`, already filled in, by the particle that fits the text before them. */
export function resolveParticles(text: string): string {
  return text.replace(marker, (_all, pair: string, at: number) => josa(text.slice(0, at), pair));
}
