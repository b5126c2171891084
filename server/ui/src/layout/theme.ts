export type Theme = "system" | "light" | "dark";

const dark = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null;
let chosen: Theme = "system";

function show() {
  const isDark = chosen === "dark" || (chosen === "system" && dark?.matches === true);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}

function store(key: string, value: string) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without storage the first paint of the next visit follows the system.
  }
}

/** Shows a theme now and from the first paint of the next visit. */
export function applyTheme(theme: string) {
  chosen = theme === "light" || theme === "dark" ? theme : "system";
  store("terrier.theme", chosen);
  show();
}

/** Keeps the language for the first paint of the next visit. */
export function keepLanguage(language: string) {
  store("terrier.language", language);
}

dark?.addEventListener("change", show);
