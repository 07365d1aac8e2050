/** The stylesheet of the sample identity provider's pages: its own, since it plays a stranger. */
export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#16181d, #eceef2);
  --muted: light-dark(#5b6270, #9aa3b2);
  --page: light-dark(#f7f7f5, #101216);
  --surface: light-dark(#ffffff, #181b21);
  --sunken: light-dark(#f1f1ee, #20242c);
  --line: light-dark(#e3e3de, #2a2f38);
  --accent: light-dark(#6d3bd1, #b79bff);
  --accent-soft: light-dark(#f0eafc, #2a2140);
  --font: "Inter Variable", Inter, system-ui, sans-serif;
}
* { box-sizing: border-box; }
html { font: 400 100%/1.5 var(--font); color: var(--ink); background: var(--page); }
body { margin: 0; font-size: 0.9375rem; min-height: 100vh; display: grid; place-items: center; padding: 24px 16px; }
main { width: min(100%, 440px); background: var(--surface); border: 1px solid var(--line); border-radius: 14px; padding: clamp(20px, 6vw, 36px); box-shadow: 0 8px 24px -12px rgb(0 0 0 / .12); }
h1 { margin: 0; font-size: 1.5rem; font-weight: 620; line-height: 1.25; letter-spacing: -0.012em; }
h2 { margin: 28px 0 8px; font-size: 0.9375rem; font-weight: 620; }
p { margin: 8px 0 0; color: var(--muted); }
a { color: var(--accent); text-underline-offset: 3px; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 8px; }
code { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 0.86em; overflow-wrap: anywhere; }
li > small { display: block; }
form { margin: 24px 0 0; }
.label { display: inline-block; margin: 0 0 16px; padding: 2px 10px; border-radius: 99px; background: var(--accent-soft); color: var(--accent); font-size: 0.8125rem; font-weight: 550; }
.person, .tile, .plain { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 44px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); color: var(--ink); font: inherit; text-align: start; text-decoration: none; cursor: pointer; }
.person:hover, .tile:hover, .plain:hover { background: var(--sunken); }
.person strong, .tile strong { display: block; font-weight: 550; line-height: 1.35; }
.person small, .tile small, li small { color: var(--muted); font-size: 0.8125rem; }
.avatar { flex: none; width: 32px; height: 32px; border-radius: 50%; display: grid; place-items: center; background: var(--accent-soft); color: var(--accent); font-size: 0.75rem; font-weight: 600; }
.plain { justify-content: center; margin-top: 16px; border-color: transparent; background: transparent; color: var(--muted); }
.primary { justify-content: center; margin: 0; border-color: transparent; background: var(--accent); color: var(--surface); font-weight: 550; }
.primary:hover { background: var(--accent); filter: brightness(1.1); }
a:focus-visible, button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** Sends the form of the page at once. Without scripts its button does. */
export const SUBMIT_SCRIPT = `document.forms[0].submit();\n`;
