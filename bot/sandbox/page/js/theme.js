// Light, dark, or as the device has it.

const KEY = "sandbox-theme";
export const THEMES = [["auto", "Same as device", "auto"], ["light", "Light", "sun"], ["dark", "Dark", "moon"]];
const dark = matchMedia("(prefers-color-scheme: dark)");

export const chosenTheme = () => document.documentElement.dataset.theme ?? "auto";

export function chooseTheme(theme) {
  if (theme === "auto") {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem(KEY);
  } else {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(KEY, theme);
  }
  paintBars();
}

/** Give the browser's own bars the colour of the header. */
export function paintBars() {
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--bar").trim();
  const theme = chosenTheme();
  const isDark = theme === "dark" || (theme === "auto" && dark.matches);
  document.querySelector("meta[name=theme-color]").content = isDark ? "#1b1b24" : colour.startsWith("#") ? colour : "#ffffff";
}

dark.addEventListener("change", paintBars);
