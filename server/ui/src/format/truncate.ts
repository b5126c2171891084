/** Width of a letter in columns of a narrow letter: Hangul, Han and full-width forms take two. */
function columns(letter: string): number {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(letter) ? 2 : 1;
}

function take(letters: readonly string[], room: number): string {
  let used = 0;
  let text = "";
  for (const letter of letters) {
    used += columns(letter);
    if (used > room) break;
    text += letter;
  }
  return text;
}

/** The text cut in the middle so that it takes at most `room` columns; its end is kept, because names differ there. */
export function truncateMiddle(text: string, room: number): string {
  const letters = Array.from(text);
  if (letters.reduce((sum, letter) => sum + columns(letter), 0) <= room) return text;
  const tail = Math.floor((room - 1) * 0.55);
  const end = Array.from(take([...letters].reverse(), tail)).reverse().join("");
  return `${take(letters, room - 1 - tail)}…${end}`;
}
