// Sets theme, density and language before the first paint; a separate file because the content security policy allows no inline script.
(function () {
  var root = document.documentElement;
  var read = function (key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  var theme = read("terrier.theme");
  var dark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.density = read("terrier.density") === "comfortable" ? "comfortable" : "compact";
  var language = read("terrier.language");
  root.lang = language === "ko" || language === "en" ? language : /^ko\b/.test(navigator.language) ? "ko" : "en";
})();
