// The interface's own words, so that the tests name what a reader sees in either language.
import { readFileSync, readdirSync } from "node:fs";

const catalogue = (language) => {
  const directory = new URL(`../../server/ui/src/i18n/${language}/`, import.meta.url);
  const files = readdirSync(directory).filter((name) => name.endsWith(".msg.json"));
  return Object.assign({}, ...files.map((name) => JSON.parse(readFileSync(new URL(name, directory), "utf8"))));
};

/** `words("ko")("sign_in.submit")` is what the button says in Korean. */
export function words(language) {
  const messages = catalogue(language);
  return (key) => {
    if (messages[key] === undefined) throw new Error(`no message ${key} in ${language}`);
    return messages[key];
  };
}
