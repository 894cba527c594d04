/** The page. Made by scripts/page.ts of the files in this folder: run "deno task page" after a change to them. */
// deno-fmt-ignore-file

/** What a browser may do in the page: run its script, have its style, ask this server. */
export const PAGE_POLICY = "default-src 'none'; script-src 'sha256-N5wvm1C5u25m626cYA6lZZ1YeelC5z22w3SurJWLwBQ='; style-src 'sha256-bMPBmi5kGsAv/zYck8J62tUsqqGHI7TAJtWcV0whDrU='; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
export const PAGE_ETAG = "\"g-SZUNHTIUw9Z0Cq\"";
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>DRBD</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <link id="icon" rel="icon" href="data:,">
    <style>
:root {
  --ground: #f7f7f5;
  --surface: #ffffff;
  --sunken: #f1f1ee;
  --line: #e2e2dd;
  --line-strong: #c9c9c2;
  --ink: #1c1f23;
  --quiet: #5d646d;
  --good: #1c7a4a;
  --bad: #96540a;
  --worse: #b42318;
  --busy: #1d5fb8;
  --good-dot: #35a067;
  --bad-dot: #e39a26;
  --worse-dot: #d92d20;
  --busy-dot: #3b82e0;
  --bad-wash: #fdf3e2;
  --worse-wash: #fdecea;
  --busy-wash: #e9f1fc;
  --focus: #1d5fb8;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
  color-scheme: light dark;
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}

@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121417;
    --surface: #1a1d21;
    --sunken: #15181b;
    --line: #2a2e34;
    --line-strong: #424850;
    --ink: #e4e6e9;
    --quiet: #98a1ab;
    --good: #6fce9b;
    --bad: #f0b35a;
    --worse: #ff8f84;
    --busy: #84b6ff;
    --good-dot: #35a067;
    --bad-dot: #e39a26;
    --worse-dot: #f0524a;
    --busy-dot: #4c8fe8;
    --bad-wash: #2b2213;
    --worse-wash: #331a19;
    --busy-wash: #17253a;
    --focus: #84b6ff;
  }
}

*,
*::before,
*::after {
  box-sizing: border-box;
}

[hidden] {
  display: none !important;
}

body {
  margin: 0 auto;
  max-width: 108rem;
  min-height: 100vh;
  padding: 0 1.25rem;
  display: flex;
  flex-direction: column;
  background: var(--ground);
  color: var(--ink);
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}

h1,
h2,
h3,
p,
ul,
ol {
  margin: 0;
  padding: 0;
}

ul,
ol {
  list-style: none;
}

button,
input {
  font: inherit;
  color: inherit;
}

:focus-visible {
  outline: 2px solid var(--focus);
  outline-offset: 1px;
}

#board:focus {
  outline: none;
}

.unseen,
.skip:not(:focus) {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.skip:focus {
  position: absolute;
  z-index: 3;
  top: 0.5rem;
  padding: 0.5rem 0.75rem;
  background: var(--surface);
}

/* Head */

header {
  position: sticky;
  top: 0;
  z-index: 2;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.6rem 1.5rem;
  margin: 0 -1.25rem;
  padding: 0.7rem 1.25rem;
  background: var(--ground);
  border-bottom: 1px solid var(--line);
}

.title {
  display: flex;
  align-items: baseline;
  gap: 0.75rem;
}

h1 .on {
  color: var(--quiet);
  font-weight: 400;
}

h1 {
  font-size: 1.3rem;
  line-height: 1.3;
  font-weight: 650;
  letter-spacing: -0.01em;
}

.link {
  display: inline-flex;
  align-items: center;
  gap: 0.4rem;
  color: var(--quiet);
  font-size: 0.93rem;
}

.link::before {
  content: "";
  width: 0.5rem;
  height: 0.5rem;
  border-radius: 50%;
  background: var(--line-strong);
}

.link[data-state="live"]::before {
  background: var(--good-dot);
}

.link[data-state="lost"],
.link[data-state="stale"] {
  color: var(--bad);
}

.link[data-state="lost"]::before,
.link[data-state="stale"]::before {
  background: var(--bad-dot);
}

.tools {
  display: flex;
  flex: 1;
  flex-wrap: wrap;
  gap: 0.6rem 1rem;
  justify-content: flex-end;
}

.counts {
  display: flex;
  gap: 0.25rem;
}

.counts button {
  padding: 0.3rem 0.65rem;
  border: 1px solid transparent;
  border-radius: 6px;
  background: none;
  color: var(--quiet);
  white-space: nowrap;
  cursor: pointer;
}

.counts button:hover {
  background: var(--sunken);
}

.counts b {
  margin-left: 0.15rem;
  color: var(--ink);
  font-weight: 650;
}

.counts button[aria-pressed="true"] {
  background: var(--surface);
  border-color: var(--line-strong);
  color: var(--ink);
}

#chip-degraded[data-level="critical"] b {
  color: var(--worse);
}

#chip-degraded[data-level="warning"] b,
#chip-degraded[data-level="unknown"] b {
  color: var(--bad);
}

.search {
  position: relative;
  display: flex;
  align-items: center;
  flex: 0 1 24rem;
  min-width: 12rem;
}

.search input {
  width: 100%;
  padding: 0.35rem 6.5rem 0.35rem 0.7rem;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  background: var(--surface);
}

.search input::placeholder {
  color: var(--quiet);
  opacity: 1;
}

.found {
  position: absolute;
  right: 2.2rem;
  color: var(--quiet);
  font-size: 0.86rem;
  pointer-events: none;
}

.clear {
  position: absolute;
  right: 0.25rem;
  width: 1.7rem;
  height: 1.7rem;
  border: 0;
  border-radius: 4px;
  background: none;
  color: var(--quiet);
  font-size: 1.1rem;
  line-height: 1;
  cursor: pointer;
}

.clear:hover {
  background: var(--sunken);
  color: var(--ink);
}

kbd {
  padding: 0 0.35rem;
  border: 1px solid var(--line-strong);
  border-radius: 4px;
  background: var(--sunken);
  color: var(--quiet);
  font: 0.86rem var(--mono);
}

.hint {
  position: absolute;
  right: 0.5rem;
  pointer-events: none;
}

.clear:not([hidden]) + .hint,
.search input:focus ~ .hint {
  display: none;
}

.banner {
  margin: 0.8rem 0 0;
  padding: 0.55rem 0.8rem;
  border-left: 3px solid var(--bad-dot);
  border-radius: 0 6px 6px 0;
  background: var(--bad-wash);
}

/* List */

.columns {
  display: flex;
  flex: 1;
  gap: 2rem;
  padding-bottom: 2rem;
}

main {
  flex: 1;
  min-width: 0;
}

body[data-link="lost"] main {
  opacity: 0.65;
}

h2 {
  font-size: 1rem;
  font-weight: 650;
}

.head,
aside summary {
  padding: 1.2rem 0 0.45rem;
}

.head span {
  color: var(--quiet);
  font-size: 0.93rem;
}

.head h2 {
  grid-column: 1 / 3;
  margin-left: calc(-0.9rem - 1px);
}

h2 b {
  margin-left: 0.2rem;
  color: var(--quiet);
  font-weight: 400;
}

main ul {
  border: 1px solid var(--line);
  border-radius: 8px;
  overflow: clip;
}

.row {
  background: var(--surface);
  border-top: 1px solid var(--line);
  content-visibility: auto;
  contain-intrinsic-size: auto 2.4rem;
}

.row:first-child {
  border-top: 0;
}

.head,
.row summary {
  display: grid;
  grid-template-columns: 1rem minmax(8rem, 1.1fr) minmax(8.5rem, 0.9fr) minmax(8rem, 1fr) minmax(10rem,
    1.6fr);
  align-items: baseline;
  column-gap: 0.9rem;
}

.head {
  padding-inline: calc(0.9rem + 1px);
}

/* Once is enough. */
section:not([hidden]) ~ section .head span {
  visibility: hidden;
}

.head > span:first-of-type {
  grid-column: 3;
}

.row summary {
  grid-template-areas: "mark name role disks peers" ". notes notes notes notes";
  padding: 0.48rem 0.9rem;
  list-style: none;
  cursor: pointer;
}

.row summary::-webkit-details-marker {
  display: none;
}

.row summary:hover {
  background: var(--sunken);
}

.row summary:focus-visible {
  outline-offset: -2px;
}

.mark {
  grid-area: mark;
  align-self: start;
  width: 0.62rem;
  height: 0.62rem;
  margin-top: 0.36rem;
  border-radius: 50%;
  background: var(--good-dot);
}

/* Each level has its shape: colour alone tells not everybody. */
[data-level="warning"] .mark,
[data-level="unknown"] .mark {
  border-radius: 0;
  background: var(--bad-dot);
  clip-path: polygon(50% 4%, 100% 96%, 0 96%);
}

[data-level="critical"] .mark {
  border-radius: 1px;
  background: var(--worse-dot);
  transform: rotate(45deg);
}

[data-level="syncing"] .mark {
  border: 0.17rem solid var(--busy-dot);
  background: none;
}

.name {
  grid-area: name;
  font-weight: 600;
}

.role {
  grid-area: role;
}

.role.none {
  color: var(--quiet);
}

.role b {
  font-weight: 600;
}

.role.here b {
  padding: 0.08rem 0.4rem;
  border-radius: 4px;
  background: var(--ink);
  color: var(--surface);
}

.chips {
  display: flex;
  flex-wrap: wrap;
  gap: 0.1rem 0.9rem;
}

.disks {
  grid-area: disks;
}

.peers {
  grid-area: peers;
}

.chip small {
  color: var(--quiet);
  font-weight: 400;
  font-size: 0.93em;
}

.peers .chip::before {
  content: "";
  display: inline-block;
  width: 0.42rem;
  height: 0.42rem;
  margin-right: 0.35rem;
  border-radius: 50%;
  vertical-align: 0.08em;
  background: var(--good-dot);
}

.peers .chip.bad::before {
  background: none;
  border: 0.1rem solid var(--bad-dot);
}

.peers .chip.busy::before {
  background: var(--busy-dot);
}

.peers .chip.plain::before {
  background: var(--line-strong);
}

.chip.primary {
  font-weight: 600;
}

.disks .good {
  color: var(--quiet);
}

.bad,
.chip.bad small {
  color: var(--bad);
}

.worse {
  color: var(--worse);
  font-weight: 600;
}

.chip.busy small {
  color: var(--busy);
}

.notes {
  grid-area: notes;
  display: grid;
  gap: 0.15rem;
  padding: 0.2rem 0 0.15rem;
}

.problem {
  color: var(--ink);
}

.problem.critical {
  color: var(--worse);
  font-weight: 550;
}

.problem .word {
  color: inherit;
  font-weight: inherit;
}

.sync {
  display: grid;
  grid-template-columns: minmax(9rem, 16rem) minmax(6rem, 22rem) 1fr;
  align-items: center;
  gap: 0.9rem;
}

.sync .detail {
  color: var(--quiet);
}

.sync.paused .detail {
  color: var(--bad);
}

progress {
  appearance: none;
  width: 100%;
  height: 0.42rem;
  border: 0;
  border-radius: 0.21rem;
  overflow: hidden;
  background: var(--line);
  color: var(--busy-dot);
}

progress::-webkit-progress-bar {
  background: var(--line);
}

progress::-webkit-progress-value {
  background: var(--busy-dot);
}

progress::-moz-progress-bar {
  background: var(--busy-dot);
}

.paused progress::-webkit-progress-value {
  background: var(--bad-dot);
}

.paused progress::-moz-progress-bar {
  background: var(--bad-dot);
}

/* Details */

.more {
  padding: 0.2rem 0.9rem 0.9rem 2.8rem;
}

h3 {
  margin: 0.8rem 0 0.25rem;
  font-size: 0.93rem;
  font-weight: 650;
}

.facts {
  color: var(--quiet);
}

.facts i {
  font-style: normal;
}

.path {
  font-family: var(--mono);
  font-size: 0.86rem;
}

.scroll {
  overflow-x: auto;
}

table {
  border-collapse: collapse;
  white-space: nowrap;
}

th,
td {
  padding: 0.22rem 1.4rem 0.22rem 0;
  text-align: left;
  border-bottom: 1px solid var(--line);
}

th {
  color: var(--quiet);
  font-weight: 400;
  font-size: 0.93rem;
}

.word.good {
  color: var(--good);
}

.word.busy {
  color: var(--busy);
}

.decided time,
#changes-list time {
  color: var(--quiet);
}

/* Recent changes */

aside {
  flex: 0 0 25rem;
  min-width: 0;
}

aside > details {
  position: sticky;
  top: 3.6rem;
}

aside summary {
  cursor: default;
  list-style: none;
}

aside summary h2 {
  display: inline;
}

#changes-list {
  max-height: calc(100vh - 8rem);
  overflow-y: auto;
  font-size: 0.93rem;
}

#changes-list li {
  padding: 0.3rem 0;
  border-top: 1px solid var(--line);
}

#changes-list button {
  padding: 0;
  border: 0;
  background: none;
  font-weight: 600;
  text-align: left;
  cursor: pointer;
}

#changes-list button:hover {
  text-decoration: underline;
}

#changes-list .note {
  color: var(--quiet);
  font-style: italic;
}

.empty {
  padding: 1.2rem 0;
  color: var(--quiet);
}

/* Token */

.locked {
  width: min(26rem, 100%);
  margin: 4rem auto;
  padding: 1.5rem;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
}

.locked p {
  margin: 0.4rem 0 1rem;
  color: var(--quiet);
}

.locked code {
  font: 0.93em var(--mono);
}

.locked label {
  display: block;
  font-weight: 600;
}

.locked input {
  width: 100%;
  margin-top: 0.3rem;
  padding: 0.45rem 0.7rem;
  border: 1px solid var(--line-strong);
  border-radius: 6px;
  background: var(--ground);
}

.locked .wrong {
  min-height: 1.45em;
  margin: 0.4rem 0;
  color: var(--worse);
}

.locked button {
  padding: 0.45rem 1rem;
  border: 0;
  border-radius: 6px;
  background: var(--ink);
  color: var(--surface);
  font-weight: 600;
  cursor: pointer;
}

footer {
  display: flex;
  flex-wrap: wrap;
  gap: 0.4rem 1.4rem;
  padding: 0.8rem 0 1.2rem;
  border-top: 1px solid var(--line);
  color: var(--quiet);
  font-size: 0.93rem;
}

footer a {
  color: inherit;
}

.keys {
  margin-left: auto;
}

/* Narrower than two columns: changes come first, folded. */
@media (max-width: 71.99rem) {
  .columns {
    flex-direction: column-reverse;
    justify-content: flex-end;
    gap: 0;
  }

  aside {
    flex: none;
  }

  aside > details {
    position: static;
    border-bottom: 1px solid var(--line);
  }

  aside summary {
    padding: 0.7rem 0;
    cursor: pointer;
  }

  aside summary::before {
    content: "";
    display: inline-block;
    width: 0.4rem;
    height: 0.4rem;
    margin-right: 0.6rem;
    border: solid var(--quiet);
    border-width: 0 0.12rem 0.12rem 0;
    transform: rotate(-45deg);
    vertical-align: 0.15em;
  }

  aside details[open] summary::before {
    transform: rotate(45deg);
    vertical-align: 0.25em;
  }

  #changes-list {
    max-height: 40vh;
    padding-bottom: 0.5rem;
  }
}

@media (max-width: 44rem) {
  :root {
    font-size: 15px;
  }

  body {
    padding: 0 0.8rem;
  }

  header {
    margin: 0 -0.8rem;
    padding: 0.6rem 0.8rem;
  }

  .title {
    flex: 1 0 100%;
    justify-content: space-between;
  }

  .tools {
    flex: 1 1 100%;
    min-width: 0;
    flex-flow: column nowrap;
  }

  .counts {
    justify-content: space-between;
    gap: 0;
    overflow-x: auto;
    scrollbar-width: none;
  }

  .counts button {
    padding: 0.4rem 0.45rem;
  }

  .counts .more-words {
    display: none;
  }

  .search {
    flex: none;
  }

  /* Smaller, and iOS zooms in when it is tapped. */
  .search input,
  .locked input {
    padding-block: 0.45rem;
    font-size: 16px;
  }

  .hint,
  .keys {
    display: none;
  }

  .head {
    display: block;
    padding-inline: 0;
  }

  .head h2 {
    margin: 0;
  }

  .head span {
    display: none;
  }

  .row summary {
    grid-template-columns: 1rem 1fr auto;
    grid-template-areas: "mark name role" ". disks disks" ". peers peers" ". notes notes";
    column-gap: 0.6rem;
    row-gap: 0.1rem;
    padding: 0.6rem 0.7rem;
  }

  .sync {
    grid-template-columns: 1fr;
    gap: 0.2rem;
    padding: 0.2rem 0;
  }

  .more {
    padding: 0.2rem 0.7rem 0.9rem;
  }
}

@media (forced-colors: active) {
  .mark,
  .chip::before,
  .link::before,
  progress {
    forced-color-adjust: none;
  }
}
</style>
  </head>
  <body data-link="connecting">
    <a class="skip" href="#board">Skip to the resources</a>
    <header>
      <div class="title">
        <h1><span class="on">DRBD on</span> <span id="node"></span></h1>
        <span id="link" class="link" data-state="connecting" role="status">Connecting</span>
      </div>
      <div id="tools" class="tools">
        <div class="counts" role="group" aria-label="Show">
          <button type="button" data-filter="" aria-pressed="true">All <b id="count-all">0</b></button>
          <button type="button" data-filter="degraded" id="chip-degraded">
            Problems <b id="count-degraded">0</b>
          </button>
          <button type="button" data-filter="syncing">Syncing <b id="count-syncing">0</b></button>
          <button type="button"
            data-filter="primary">Primary <span class="more-words">here</span> <b id="count-primary">0</b></button>
        </div>
        <div class="search" role="search">
          <label class="unseen" for="filter">Filter resources</label>
          <input
            id="filter"
            type="text"
            inputmode="search"
            enterkeyhint="search"
            placeholder="Filter by name, peer or state"
            aria-describedby="filter-help"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
          >
          <span id="found" class="found" aria-hidden="true"></span>
          <button type="button" id="clear" class="clear" aria-label="Clear the filter" hidden>&#215;</button>
          <kbd class="hint" aria-hidden="true">/</kbd>
        </div>
        <p id="filter-help" class="unseen">
          Words that must all fit: part of a name, of a peer's name or of a state; or degraded, critical, syncing,
          healthy, primary, secondary. A minus sign before a word excludes what fits it.
        </p>
      </div>
    </header>
    <p id="banner" class="banner" role="alert" hidden></p>
    <p id="news" class="unseen" aria-live="polite"></p>
    <form id="locked" class="locked" hidden>
      <h2>This server asks for a token</h2>
      <p>It is in the file that <code>token-file</code> names in drbdd's configuration. This tab keeps it until it is
        closed.</p>
      <label for="token">Token</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        aria-describedby="token-wrong"
        required
      >
      <p id="token-wrong" class="wrong" role="alert"></p>
      <button type="submit">Show the resources</button>
    </form>
    <div class="columns">
      <main id="board" tabindex="-1">
        <p id="empty" class="empty" hidden></p>
        <section id="attention" aria-labelledby="attention-title" hidden>
          <div
            class="head"><h2 id="attention-title">Needs attention <b id="attention-count"></b></h2><span aria-hidden="true">Role</span><span aria-hidden="true">Disks here</span><span aria-hidden="true">Peers</span></div>
          <ul id="attention-rows"></ul>
        </section>
        <section id="syncing" aria-labelledby="syncing-title" hidden>
          <div
            class="head"><h2 id="syncing-title">Syncing <b id="syncing-count"></b></h2><span aria-hidden="true">Role</span><span aria-hidden="true">Disks here</span><span aria-hidden="true">Peers</span></div>
          <ul id="syncing-rows"></ul>
        </section>
        <section id="healthy" aria-labelledby="healthy-title" hidden>
          <div
            class="head"><h2 id="healthy-title">Healthy <b id="healthy-count"></b></h2><span aria-hidden="true">Role</span><span aria-hidden="true">Disks here</span><span aria-hidden="true">Peers</span></div>
          <ul id="healthy-rows"></ul>
        </section>
      </main>
      <aside aria-labelledby="changes-title">
        <details id="changes">
          <summary>
            <h2 id="changes-title">Recent changes</h2>
          </summary>
          <p id="changes-none" class="empty">Nothing has changed lately.</p>
          <ol id="changes-list" role="log" aria-live="off" aria-labelledby="changes-title" tabindex="0"></ol>
        </details>
      </aside>
    </div>
    <footer>
      <span id="version"></span>
      <span>Read only</span>
      <a href="api/v1/openapi.json">API</a>
      <span
        class="keys"><kbd>/</kbd> filter <kbd>&#8593;</kbd><kbd>&#8595;</kbd> move <kbd>Enter</kbd> open <kbd>Esc</kbd>
        clear</span>
    </footer>
    <noscript><p class="banner">This page needs JavaScript. Without it: curl /api/v1/resources</p></noscript>
    <script type="module">
/** Elements, made without ever reading text as HTML. */

/**
 * @typedef {Node | string | false | undefined} Child
 */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | undefined>} attributes \`false\` and undefined leave it out.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

/**
 * @param {Element} element
 * @param {readonly Child[]} children
 */
function append(element, children) {
  for (const child of children) {
    if (child !== undefined && child !== false) element.append(child);
  }
}

/**
 * The element of the page with this id.
 * @template {HTMLElement} [Kind=HTMLElement]
 * @param {string} id
 * @returns {Kind}
 */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(\`The page has no element \${id}\`);
  return /** @type {Kind} */ (element);
}

/**
 * Sets the text of an element, if it is another.
 * @param {Element} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Amounts and times as people read them. */

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/**
 * An amount of KiB with three digits at the most.
 * @param {number} kib
 */
function amount(kib) {
  let value = kib;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return \`\${value.toFixed(digits).replace(/\\.0+$/, "")} \${UNITS[unit]}\`;
}

/** What drbdsetup says when it cannot tell. */
const NO_ESTIMATE = 987654321;

/**
 * Seconds in words; nothing if they are not known.
 * @param {number | undefined} seconds
 */
function duration(seconds) {
  if (seconds === undefined || seconds >= NO_ESTIMATE) return "";
  if (seconds < 60) return \`\${Math.round(seconds)} s\`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return \`\${minutes} min\`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return \`\${hours} h \${minutes % 60} min\`;
  return \`\${Math.round(hours / 24)} days\`;
}

/**
 * A share that is not complete is never shown as if it were.
 * @param {number} share
 */
function percent(share) {
  return \`\${(Math.floor(Math.min(share, 100) * 10) / 10).toFixed(1)} %\`;
}

/**
 * \`0\`, \`0 and 1\`, \`0, 1 and 2\`
 * @param {readonly (string | number)[]} items
 */
function list(items) {
  if (items.length < 2) return items.join("");
  return \`\${items.slice(0, -1).join(", ")} and \${items[items.length - 1]}\`;
}

/**
 * The time of day; with the date if that is another day.
 * @param {Date} time
 * @param {Date} now
 */
function clock(time, now) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const ofDay = \`\${two(time.getHours())}:\${two(time.getMinutes())}:\${two(time.getSeconds())}\`;
  if (time.toDateString() === now.toDateString()) return ofDay;
  return \`\${time.getFullYear()}-\${two(time.getMonth() + 1)}-\${two(time.getDate())} \${ofDay}\`;
}

/** What a resource's state means for those who answer for it: what is wrong, drbdd has assessed. */

/** @typedef {import("./types.ts").Resource} Resource */
/** @typedef {import("./types.ts").Connection} Connection */
/** @typedef {import("./types.ts").PeerDevice} PeerDevice */
/** @typedef {import("./types.ts").Device} Device */
/** @typedef {import("./types.ts").Problem} Problem */
/** @typedef {import("./types.ts").Chip} Chip */

/** Replication states while data move, and what they are called. @type {Record<string, string | undefined>} */
const SYNC_WORDS = {
  StartingSyncS: "Syncing to",
  StartingSyncT: "Syncing from",
  WFBitMapS: "Syncing to",
  WFBitMapT: "Syncing from",
  WFSyncUUID: "Syncing from",
  SyncSource: "Syncing to",
  SyncTarget: "Syncing from",
  PausedSyncS: "Syncing to",
  PausedSyncT: "Syncing from",
  VerifyS: "Verifying with",
  VerifyT: "Verifying with",
};

/** @type {Record<import("./types.ts").Severity, import("./types.ts").Level>} */
const LEVELS = { down: "critical", unknown: "unknown", degraded: "warning", ok: "ok" };

const isSyncing = (/** @type {PeerDevice} */ device) => SYNC_WORDS[device["replication-state"]] !== undefined;
const isLost = (/** @type {Device} */ device) => device["disk-state"] === "Diskless" && !device.client;

/**
 * @param {Resource} resource
 * @returns {import("./types.ts").Judgement}
 */
function judge(resource) {
  const { health, role, connections } = resource;
  const syncs = connections.flatMap((connection) =>
    connection.peer_devices.filter(isSyncing).map((device) => syncOf(resource, connection, device))
  ).sort((a, b) => Number(a.isPaused) - Number(b.isPaused));
  const isPrimaryHere = role === "Primary";
  const primaries = connections.filter((each) => each["peer-role"] === "Primary").map(nameOf);
  return {
    level: levelOf(health),
    problems: health.problems.flatMap(shownProblem),
    syncs,
    isPrimaryHere,
    primaries,
    isPrimaryUnseen: !isPrimaryHere && primaries.length === 0 &&
      connections.some((each) => each["connection-state"] !== "Connected"),
    disks: diskChips(resource.devices),
    peers: connections.map(peerChip),
    words: wordsOf(resource).join("\\n").toLowerCase(),
  };
}

/**
 * @param {import("./types.ts").Health} health
 * @returns {import("./types.ts").Level}
 */
function levelOf({ severity, problems }) {
  if (severity !== "degraded") return LEVELS[severity];
  const isMending = problems.every(({ id, severity }) => severity === "ok" || id === "resync-running");
  return isMending ? "syncing" : "warning";
}

/**
 * What a bar shows is not said again.
 * @param {import("./types.ts").Health["problems"][number]} problem
 * @returns {Problem[]}
 */
function shownProblem({ id, severity, what, next, since }) {
  if (severity === "ok" || id === "resync-running") return [];
  const level = severity === "down" ? "critical" : severity === "unknown" ? "unknown" : "warning";
  return [{ level, text: what, next, since }];
}

/** @param {Connection} connection */
function nameOf(connection) {
  return connection.name === "" ? \`node \${connection["peer-node-id"]}\` : connection.name;
}

/**
 * @param {Resource} resource
 * @param {Connection} connection
 * @param {PeerDevice} device
 * @returns {import("./types.ts").Sync}
 */
function syncOf(resource, connection, device) {
  const state = device["replication-state"];
  const volume = resource.devices.length > 1 ? \`, volume \${device.volume}\` : "";
  const done = clamped(device["percent-resync-done"]);
  const isPaused = state.startsWith("Paused") || device["resync-suspended"] !== "no";
  const rate = device["db1/dt1 [MiB/s]"];
  const left = duration(device["estimated-seconds-to-finish"]);
  const detail = isPaused ? \`paused (\${device["resync-suspended"].replaceAll(",", ", ")})\` : [
    rate !== undefined && rate > 0 ? \`\${rate.toFixed(rate < 10 ? 1 : 0)} MiB/s\` : "",
    left === "" ? "" : \`\${left} left\`,
  ].filter((part) => part !== "").join(", ");
  return {
    text: \`\${SYNC_WORDS[state] ?? state} \${nameOf(connection)}\${volume}\`,
    percent: done,
    detail: [done === undefined ? "" : percent(done), detail].filter((part) => part !== "").join(" · "),
    isPaused,
  };
}

/**
 * What DRBD says can be anything.
 * @param {number | undefined | null} percent
 */
function clamped(percent) {
  return typeof percent === "number" && Number.isFinite(percent)
    ? Math.min(100, Math.max(0, percent))
    : undefined;
}

/**
 * Equal disks are told once.
 * @param {readonly Device[]} devices
 * @returns {Chip[]}
 */
function diskChips(devices) {
  /** @type {Map<string, { tone: Chip["tone"], state: string, volumes: number[] }>} */
  const groups = new Map();
  for (const device of devices) {
    const state = device.client && device["disk-state"] === "Diskless"
      ? "Diskless client"
      : device["disk-state"];
    const group = groups.get(state) ?? { tone: diskTone(device), state, volumes: [] };
    group.volumes.push(device.volume);
    groups.set(state, group);
  }
  return [...groups.values()].map(({ tone, state, volumes }) => {
    if (devices.length === 1) return { tone, text: state };
    if (groups.size === 1) return { tone, text: state, note: \`\${volumes.length} volumes\` };
    const some = volumes.length > 4 ? \`\${volumes.length} volumes\` : \`volume \${list(volumes)}\`;
    return { tone, text: state, note: some };
  });
}

/**
 * @param {Device} device
 * @returns {Chip["tone"]}
 */
function diskTone(device) {
  const state = device["disk-state"];
  if (state === "UpToDate") return "good";
  if (state === "Diskless" && device.client) return "plain";
  return state === "Failed" || isLost(device) ? "worse" : "bad";
}

/**
 * Whether a peer's disk is not, or does not stay, what it should be. For the colour of a label only.
 * @param {PeerDevice} device
 */
function isOdd(device) {
  const { "replication-state": replication, "peer-disk-state": disk, "out-of-sync": behind = 0 } = device;
  if (replication === "Ahead" || replication === "Behind") return true;
  if (isSyncing(device)) return false;
  const isMeant = disk === "UpToDate" || disk === "Diskless" && device["peer-client"];
  return !isMeant || behind > 0 && replication === "Established";
}

/**
 * @param {Connection} connection
 * @returns {Chip}
 */
function peerChip(connection) {
  const text = nameOf(connection);
  const state = connection["connection-state"];
  if (state !== "Connected") return { text, tone: "bad", note: state };
  const disks = connection.peer_devices;
  const odd = disks.find(isOdd);
  if (odd !== undefined) {
    const disk = odd["peer-disk-state"];
    return { text, tone: "bad", note: disk === "UpToDate" ? "differs" : disk };
  }
  const busy = disks.find(isSyncing);
  if (busy !== undefined) {
    return {
      text,
      tone: "busy",
      note: busy["replication-state"].startsWith("Verify") ? "verifying" : "syncing",
    };
  }
  const isClient = disks.length > 0 && disks.every((device) => device["peer-client"]);
  return isClient ? { text, tone: "plain", note: "client" } : { text, tone: "good" };
}

/**
 * @param {Resource} resource
 * @returns {string[]}
 */
function wordsOf(resource) {
  const { name, role, devices, connections } = resource;
  return [
    name,
    role,
    resource.suspended ? "suspended" : "",
    devices.some((device) => !device.quorum) ? "no-quorum" : "",
    ...devices.flatMap((
      device,
    ) => [device["disk-state"], device["backing-dev"] ?? "", \`drbd\${device.minor}\`]),
    ...connections.flatMap((connection) => [
      nameOf(connection),
      connection["connection-state"],
      ...connection.peer_devices.flatMap((
        device,
      ) => [device["peer-disk-state"], device["replication-state"]]),
    ]),
  ];
}

/** Which of DRBD's words are good news, and which are not. */

const GOOD = ["UpToDate", "Connected", "Established"];
const BUSY = [
  "SyncSource",
  "SyncTarget",
  "VerifyS",
  "VerifyT",
  "WFBitMapS",
  "WFBitMapT",
  "Negotiating",
  "Attaching",
];
const BAD = [
  ...[
    "Inconsistent",
    "Outdated",
    "Consistent",
    "DUnknown",
    "Diskless",
    "Detaching",
    "PausedSyncS",
    "PausedSyncT",
  ],
  ...["Connecting", "Unconnected", "Disconnecting", "TearDown", "StandAlone", "Ahead", "Behind"],
];
const WORSE = ["Failed", "Timeout", "BrokenPipe", "NetworkFailure", "ProtocolError"];

/** @type {Map<string, string>} */
const TONES = new Map([
  ...GOOD.map((word) => /** @type {[string, string]} */ ([word, "good"])),
  ...BUSY.map((word) => /** @type {[string, string]} */ ([word, "busy"])),
  ...BAD.map((word) => /** @type {[string, string]} */ ([word, "bad"])),
  ...WORSE.map((word) => /** @type {[string, string]} */ ([word, "worse"])),
]);

/**
 * A text in which DRBD's words have their colours.
 * @param {string} text
 * @returns {DocumentFragment}
 */
function toned(text) {
  const fragment = document.createDocumentFragment();
  for (const part of text.replaceAll(" -> ", " \\u2192 ").split(/\\b/)) {
    const tone = TONES.get(part);
    fragment.append(tone === undefined ? part : el("span", { "class": \`word \${tone}\` }, part));
  }
  return fragment;
}

/** All that is known of a resource, as tables. */

/** @typedef {import("./types.ts").Resource} Resource */
/** @typedef {import("./types.ts").Connection} Connection */
/** @typedef {import("./types.ts").Decision} Decision */

/** Decisions that are shown, newest first. */
const MOST_DECISIONS = 8;

/**
 * @param {HTMLElement} place
 * @param {Resource} resource
 * @param {(name: string) => Promise<Decision[]>} askDecisions
 */
function details(place, resource, askDecisions) {
  const decisions = place.querySelector(".decisions") ?? el("div", { "class": "decisions" });
  place.replaceChildren(
    facts(resource),
    ...problems(resource),
    heading("Volumes here"),
    volumes(resource),
    ...resource.connections.flatMap((
      connection,
    ) => [heading(\`Peer \${nameOf(connection)}\`), peer(connection)]),
    decisions,
  );
  void showDecisions(decisions, resource.name, askDecisions);
}

/** @param {string} text */
function heading(text) {
  return el("h3", {}, text);
}

/** @param {Resource} resource */
function facts(resource) {
  return el(
    "p",
    { "class": "facts" },
    \`Role here \${resource.role}\`,
    el("i", {}, " \\u00b7 "),
    \`may promote \${resource["may-promote"] ? "yes" : "no"}\`,
    el("i", {}, " \\u00b7 "),
    \`promotion score \${resource["promotion-score"]}\`,
  );
}

/**
 * What to do about each problem.
 * @param {Resource} resource
 */
function problems({ health }) {
  const shown = health.problems.filter(({ severity }) => severity !== "ok");
  if (shown.length === 0) return [];
  return [
    heading("What to do"),
    el(
      "ul",
      { "class": "todo" },
      ...shown.map(({ what, next }) => el("li", {}, what, el("br", {}), el("code", {}, next))),
    ),
  ];
}

/** @param {Resource} resource */
function volumes({ devices }) {
  if (devices.length === 0) return el("p", { "class": "facts" }, "None");
  return table(
    ["Volume", "Device", "Disk", "Quorum", "Open", "Size", "Read", "Written", "Backing device"],
    devices.map((device) => [
      String(device.volume),
      device.minor === undefined ? "" : \`/dev/drbd\${device.minor}\`,
      device["disk-state"],
      device.quorum ? "yes" : el("span", { "class": "word worse" }, "no"),
      device.open ? "yes" : "no",
      known(device.size),
      known(device.read),
      known(device.written),
      device["backing-dev"] ?? "none",
    ]),
  );
}

/** @param {Connection} connection */
function peer(connection) {
  const fragment = document.createDocumentFragment();
  fragment.append(
    el(
      "p",
      { "class": "facts" },
      toned(connection["connection-state"]),
      connection["peer-role"] !== "Unknown" && \` \\u00b7 \${connection["peer-role"]} there\`,
      connection.congested && " \\u00b7 congested",
    ),
    ...connection.paths.map(({ this_host: here, remote_host: there, established }) =>
      el(
        "p",
        { "class": "facts path" },
        \`\${host(here)} \\u2194 \${host(there)} \`,
        el("span", { "class": \`word \${established ? "good" : "bad"}\` }, established ? "established" : "down"),
      )
    ),
    table(
      ["Volume", "Replication", "Disk there", "Out of sync", "In sync"],
      connection.peer_devices.map((device) => [
        String(device.volume),
        device["replication-state"] +
        (device["resync-suspended"] === "no" ? "" : \` (\${device["resync-suspended"]})\`),
        device["peer-disk-state"],
        known(device["out-of-sync"]),
        device["percent-in-sync"] === undefined ? "" : percent(inSync(device)),
      ]),
    ),
  );
  return fragment;
}

/**
 * The server rounds; what is not complete is not shown as complete.
 * @param {import("./types.ts").PeerDevice} device
 */
function inSync(device) {
  const share = device["percent-in-sync"] ?? 0;
  return (device["out-of-sync"] ?? 0) > 0 ? Math.min(share, 99.9) : share;
}

/** @param {import("./types.ts").Host} host */
function host({ address, port }) {
  const shown = address.includes(":") ? \`[\${address}]\` : address;
  return port === undefined ? shown : \`\${shown}:\${port}\`;
}

/** @param {number | undefined} kib */
function known(kib) {
  return kib === undefined ? "" : amount(kib);
}

/**
 * @param {readonly string[]} titles
 * @param {readonly (readonly (string | Node)[])[]} lines
 */
function table(titles, lines) {
  return el(
    "div",
    { "class": "scroll" },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...titles.map((title) => el("th", { scope: "col" }, title)))),
      el(
        "tbody",
        {},
        ...lines.map((line) =>
          el("tr", {}, ...line.map((cell) => el("td", {}, typeof cell === "string" ? toned(cell) : cell)))
        ),
      ),
    ),
  );
}

/**
 * @param {Element} place
 * @param {string} name
 * @param {(name: string) => Promise<Decision[]>} askDecisions
 */
async function showDecisions(place, name, askDecisions) {
  const decisions = await askDecisions(name);
  if (decisions.length === 0) return;
  const now = new Date();
  place.replaceChildren(
    heading("What drbdd decided"),
    el(
      "ol",
      { "class": "decided" },
      ...decisions.slice(-MOST_DECISIONS).toReversed().map(({ time, plugin, text }) =>
        el("li", {}, el("time", { datetime: time }, clock(new Date(time), now)), \` \${plugin} \`, text)
      ),
    ),
  );
}

/** One resource in the list: what matters in a line, the rest when it is opened. */

/** @typedef {import("./types.ts").Resource} Resource */
/** @typedef {import("./types.ts").Judgement} Judgement */

const SPOKEN = { critical: "Critical", unknown: "Unknown", warning: "Warning", syncing: "Syncing", ok: "OK" };

class Row {
  #shown = "";
  #more = el("div", { "class": "more" });

  /**
   * @param {Resource} resource
   * @param {(name: string) => Promise<import("./types.ts").Decision[]>} askDecisions
   */
  constructor(resource, askDecisions) {
    this.askDecisions = askDecisions;
    this.resource = resource;
    this.judgement = judge(resource);
    this.summary = el("summary", {});
    this.details = el("details", {}, this.summary, this.#more);
    this.element = el("li", { "class": "row" }, this.details);
    this.details.addEventListener("toggle", () => this.#showMore());
    this.#draw();
  }

  get name() {
    return this.resource.name;
  }

  /** @param {Resource} resource */
  update(resource) {
    this.resource = resource;
    this.judgement = judge(resource);
    this.#draw();
    if (this.details.open) this.#showMore();
  }

  /** What looks the same is left alone: a counter that moved costs nothing. */
  #draw() {
    const { judgement } = this;
    const shown = JSON.stringify(judgement);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.dataset["level"] = judgement.level;
    this.summary.replaceChildren(
      el("span", { "class": "mark", "aria-hidden": "true" }),
      el("span", { "class": "unseen" }, \`\${SPOKEN[judgement.level]}: \`),
      el("span", { "class": "name" }, this.name),
      roleOf(judgement),
      el(
        "span",
        { "class": "chips disks" },
        el("span", { "class": "unseen" }, " disks here: "),
        ...judgement.disks.map(chip),
      ),
      el(
        "span",
        { "class": "chips peers" },
        judgement.peers.length > 0 && el("span", { "class": "unseen" }, " peers: "),
        ...judgement.peers.map((peer) => chip(peer, judgement.primaries.includes(peer.text))),
      ),
      judgement.problems.length + judgement.syncs.length > 0 && notes(judgement) || "",
    );
  }

  #showMore() {
    if (!this.details.open) {
      this.#more.replaceChildren();
      return;
    }
    details(this.#more, this.resource, this.askDecisions);
  }
}

/** @param {Judgement} judgement */
function roleOf({ isPrimaryHere, primaries, isPrimaryUnseen }) {
  const where = isPrimaryHere ? ["here", ...primaries] : primaries;
  if (where.length === 0) {
    return el("span", { "class": "role none" }, isPrimaryUnseen ? "Primary: none seen here" : "No Primary");
  }
  return el(
    "span",
    { "class": \`role\${isPrimaryHere ? " here" : ""}\` },
    "Primary ",
    el("b", {}, isPrimaryHere ? list(where) : \`on \${list(where)}\`),
  );
}

/**
 * @param {import("./types.ts").Chip} chip
 * @param {boolean | number} [isPrimary]
 */
function chip({ text, tone, note }, isPrimary) {
  return el(
    "span",
    { "class": \`chip \${tone}\${isPrimary === true ? " primary" : ""}\` },
    text,
    note === undefined ? "" : el("small", {}, \` \${note}\`),
    " ",
  );
}

/** @param {Judgement} judgement */
function notes({ problems, syncs }) {
  return el(
    "span",
    { "class": "notes" },
    ...problems.map(({ level, text, next, since }) =>
      el(
        "span",
        { "class": \`problem \${level}\`, title: next },
        text,
        since === null ? "" : el("small", {}, " since ", clock(new Date(since), new Date())),
        " ",
      )
    ),
    ...syncs.map(({ text, percent, detail, isPaused }) =>
      el(
        "span",
        { "class": \`sync\${isPaused ? " paused" : ""}\` },
        el("span", {}, text),
        el("progress", { max: 100, value: percent, "aria-label": text }),
        el("span", { "class": "detail" }, detail),
      )
    ),
  );
}

/** The list of resources, problems first. */

/** @typedef {import("./types.ts").Resource} Resource */
/** @typedef {import("./types.ts").Judgement} Judgement */
/** @typedef {import("./types.ts").Decision} Decision */

const SECTIONS = /** @type {const} */ (["attention", "syncing", "healthy"]);
/** @type {import("./types.ts").Level[]} */
const WORST_FIRST = ["critical", "unknown", "warning", "syncing", "ok"];
const collator = new Intl.Collator(undefined, { numeric: true });

/** @param {Row} row */
function sectionOf({ judgement: { level } }) {
  return level === "ok" ? "healthy" : level === "syncing" ? "syncing" : "attention";
}

/**
 * The worst first, then by name.
 * @param {Row} a
 * @param {Row} b
 */
function order(a, b) {
  const place = (/** @type {Row} */ row) => WORST_FIRST.indexOf(row.judgement.level);
  return place(a) - place(b) || collator.compare(a.name, b.name);
}

class Board {
  /** @type {Map<string, Row>} */
  #rows = new Map();
  /** Names that came since a snapshot began; those that did not are gone. @type {Set<string> | undefined} */
  #named;
  #isChanged = true;
  /** @type {(name: string, judgement: Judgement) => boolean} */
  #fits = () => true;

  /** @param {(name: string) => Promise<Decision[]>} askDecisions */
  constructor(askDecisions) {
    this.askDecisions = askDecisions;
  }

  /** Everything is about to be told anew. */
  begin() {
    this.#named = new Set();
  }

  /** Everything has been told. */
  complete() {
    for (const name of this.#rows.keys()) {
      if (this.#named !== undefined && !this.#named.has(name)) this.remove(name);
    }
    this.#named = undefined;
  }

  /**
   * @param {Resource} resource
   * @returns {Judgement | undefined} What was judged before.
   */
  put(resource) {
    this.#named?.add(resource.name);
    const row = this.#rows.get(resource.name);
    this.#isChanged = true;
    if (row === undefined) {
      this.#rows.set(resource.name, new Row(resource, this.askDecisions));
      return undefined;
    }
    const before = row.judgement;
    row.update(resource);
    return before;
  }

  /** @param {string} name */
  remove(name) {
    this.#rows.get(name)?.element.remove();
    this.#rows.delete(name);
    this.#isChanged = true;
  }

  /** @param {(name: string, judgement: Judgement) => boolean} fits */
  filter(fits) {
    this.#fits = fits;
    this.#isChanged = true;
  }

  /** @param {string} name */
  judgementOf(name) {
    return this.#rows.get(name)?.judgement;
  }

  /**
   * @param {string} name
   * @param {number} peerNodeId
   */
  peerName(name, peerNodeId) {
    const connections = this.#rows.get(name)?.resource.connections ?? [];
    const connection = connections.find((each) => each["peer-node-id"] === peerNodeId);
    return connection === undefined ? \`node \${peerNodeId}\` : nameOf(connection);
  }

  /** How many there are of each sort, whatever the filter. */
  counts() {
    const rows = [...this.#rows.values()];
    const count = (/** @type {(judgement: Judgement) => boolean} */ is) =>
      rows.filter((row) => is(row.judgement)).length;
    return {
      all: rows.length,
      critical: count(({ level }) => level === "critical"),
      unknown: count(({ level }) => level === "unknown"),
      degraded: count(({ level }) => level !== "syncing" && level !== "ok"),
      syncing: count(({ syncs }) => syncs.length > 0),
      primary: count(({ isPrimaryHere }) => isPrimaryHere),
    };
  }

  /**
   * Brings the page in line with the rows.
   * @returns {number} How many rows fit the filter.
   */
  draw() {
    const fitting = [...this.#rows.values()].filter((row) => this.#fits(row.name, row.judgement));
    if (!this.#isChanged) return fitting.length;
    this.#isChanged = false;
    const focused = document.activeElement;
    for (const name of SECTIONS) {
      const rows = fitting.filter((row) => sectionOf(row) === name).sort(order);
      const section = byId(name);
      section.hidden = rows.length === 0;
      setText(byId(\`\${name}-count\`), rows.length.toLocaleString());
      arrange(byId(\`\${name}-rows\`), rows.map((row) => row.element));
    }
    // A row that was moved has lost the focus.
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) {
      focused.focus({ preventScroll: true });
    }
    return fitting.length;
  }

  /** The rows that can be seen, from top to bottom. */
  summaries() {
    return [
      .../** @type {NodeListOf<HTMLElement>} */ (byId("board").querySelectorAll(
        "section:not([hidden]) summary",
      )),
    ];
  }
}

/**
 * Makes \`elements\` the children of \`parent\`, in this order, and moves only what is elsewhere.
 * @param {Element} parent
 * @param {readonly Element[]} elements
 */
function arrange(parent, elements) {
  const wanted = new Set(elements);
  for (const child of [...parent.children]) {
    if (!wanted.has(child)) child.remove();
  }
  let place = parent.firstElementChild;
  for (const element of elements) {
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
}

/** An update in few words, for a list in which the resource's name stands before them. */

/** @typedef {import("./types.ts").Update} Update */

/**
 * @param {Update} update
 * @param {(peerNodeId: number) => string} peerName
 * @returns {string}
 */
function briefly(update, peerName) {
  const { kind, type, name, text } = update;
  const peer = update["peer-node-id"] === undefined ? "" : peerName(update["peer-node-id"]);
  if (kind === "helper") return helperWords(update, peer);
  if (type === "rename") return text.slice(name.length + 1);
  const which = {
    "resource": "",
    "device": \`volume \${update.volume}\`,
    "connection": peer,
    "peer-device": \`\${peer} volume \${update.volume}\`,
    "path": \`path to \${peer}\`,
  }[kind];
  return \`\${which}\${which === "" ? "" : ": "}\${whatOf(update)}\`;
}

/** @param {Update} update */
function whatOf({ kind, type, text }) {
  if (type === "create") return kind === "resource" ? "came up" : "added";
  if (type === "destroy") return kind === "resource" ? "went down" : "removed";
  // Addresses have colons, but no blanks after them.
  return text.slice(text.indexOf(": ") + 2);
}

/**
 * @param {Update} update
 * @param {string} peer
 */
function helperWords({ type, helper, status, volume }, peer) {
  const about = [peer, volume === undefined ? "" : \`volume \${volume}\`].filter((part) => part !== "").join(
    " ",
  );
  const what = \`helper \${helper}\${about === "" ? "" : \` for \${about}\`}\`;
  if (type === "call") return \`calls \${what}\`;
  return \`\${what} answers \${status === undefined ? "" : outcome(status)}\`;
}

/**
 * A raw wait status: the exit code is its upper byte.
 * @param {number} status
 */
function outcome(status) {
  return status % 256 === 0 && status <= 0xff00 ? String(status / 256) : \`status \${status}\`;
}

/** The log of what changed lately, newest first. */

/** @typedef {import("./types.ts").Update} Update */

const MOST = 200;

class Changes {
  /** What came since the page was last drawn. @type {(Update | string)[]} */
  #fresh = [];
  #list = byId("changes-list");

  /**
   * @param {(name: string) => void} onName What to do when a name is chosen.
   * @param {(resource: string, peerNodeId: number) => string} peerName
   */
  constructor(onName, peerName) {
    this.onName = onName;
    this.peerName = peerName;
  }

  /** @param {Update} update */
  add(update) {
    this.#push(update);
  }

  /** Something is missing here. */
  gap() {
    if (this.#list.childElementCount + this.#fresh.length > 0) this.#push("Some changes are missing here");
  }

  draw() {
    if (this.#fresh.length === 0) return;
    const now = new Date();
    const entries = this.#fresh.toReversed().map((entry) =>
      typeof entry === "string" ? note(entry) : this.#entry(entry, now)
    );
    this.#fresh = [];
    this.#list.prepend(...entries);
    while (this.#list.childElementCount > MOST) this.#list.lastElementChild?.remove();
    byId("changes-none").hidden = true;
  }

  /** @param {Update | string} entry */
  #push(entry) {
    this.#fresh.push(entry);
    if (this.#fresh.length > MOST) this.#fresh.shift();
  }

  /**
   * @param {Update} update
   * @param {Date} now
   */
  #entry(update, now) {
    const { time, name } = update;
    const button = el("button", { type: "button", title: \`Show \${name} only\` }, name);
    button.addEventListener("click", () => this.onName(name));
    const words = briefly(update, (peerNodeId) => this.peerName(name, peerNodeId));
    return el(
      "li",
      {},
      el("time", { datetime: time }, clock(new Date(time), now)),
      " ",
      button,
      " ",
      toned(words),
    );
  }
}

/** @param {string} text */
function note(text) {
  return el("li", { "class": "note" }, text);
}

/**
 * What is typed into the filter: words that must all fit, each a part of a name or state, or one of the words below. A
 * word with a minus sign before it must not fit.
 */

/** @typedef {import("./types.ts").Judgement} Judgement */

/** @type {Record<string, ((judgement: Judgement) => boolean) | undefined>} */
const MEANINGS = {
  degraded: ({ level }) => level === "critical" || level === "unknown" || level === "warning",
  problem: ({ level }) => level === "critical" || level === "unknown" || level === "warning",
  critical: ({ level }) => level === "critical",
  unknown: ({ level }) => level === "unknown",
  syncing: ({ syncs }) => syncs.length > 0,
  healthy: ({ level }) => level === "ok",
  primary: ({ isPrimaryHere }) => isPrimaryHere,
  secondary: ({ isPrimaryHere }) => !isPrimaryHere,
};

/**
 * @param {string} text
 * @returns {(name: string, judgement: Judgement) => boolean}
 */
function filterOf(text) {
  const terms = text.toLowerCase().split(/\\s+/).filter((term) => term !== "" && term !== "-").map(termOf);
  return (name, judgement) => terms.every((fits) => fits(name.toLowerCase(), judgement));
}

/**
 * @param {string} term
 * @returns {(name: string, judgement: Judgement) => boolean}
 */
function termOf(term) {
  if (term.startsWith("-")) {
    const fits = termOf(term.slice(1));
    return (name, judgement) => !fits(name, judgement);
  }
  const meaning = Object.hasOwn(MEANINGS, term) ? MEANINGS[term] : undefined;
  if (meaning !== undefined) return (name, judgement) => meaning(judgement) || name.includes(term);
  return (_name, judgement) => judgement.words.includes(term);
}

/**
 * The event stream of the daemon, kept open: it is asked for again whenever it ends, and when nothing came for longer
 * than the daemon is ever silent. It is read with fetch, because EventSource cannot send a token.
 */

/** @typedef {import("./types.ts").Message} Message */

/** The daemon sends a heartbeat every 15 seconds. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** For the daemon to accept the token again, or to need none any more. */
const TOKEN_WAIT_MS = 30_000;
/** The daemon ends streams that told much: who had one for so long asks again at once. */
const ORDERLY_MS = 1_000;
const TYPES = ["create", "change", "destroy", "rename", "call", "response"];

class Stream {
  /** What the daemon is asked to go on after. */
  #lastId = "";
  #token = "";
  #waitMs = FIRST_WAIT_MS;
  /** Ends a wait early. */
  #hurry = () => {};
  #reading = new AbortController();

  /**
   * @param {string} url
   * @param {(messages: Message[]) => void} onMessages
   * @param {(link: import("./types.ts").Link, why: string) => void} onLink
   * @param {() => void} onBegin Resources that do not come up to the next \`snapshot-end\` are gone.
   */
  constructor(url, onMessages, onLink, onBegin) {
    const query = new URLSearchParams({ state: "1", recent: "100" });
    for (const type of TYPES) query.append("event-type", type);
    this.url = \`\${url}?\${query}\`;
    this.onMessages = onMessages;
    this.onLink = onLink;
    this.onBegin = onBegin;
  }

  /** Headers for requests of one's own. */
  get headers() {
    return this.#token === "" ? {} : { authorization: \`Bearer \${this.#token}\` };
  }

  /** @param {string} token */
  useToken(token) {
    this.#token = token;
    this.retryNow();
  }

  /** Something changed that makes it worth trying at once. */
  retryNow() {
    this.#waitMs = FIRST_WAIT_MS;
    this.#hurry();
  }

  async run() {
    for (;;) {
      const needs = await this.#readOnce();
      if (needs !== "nothing") await this.#pause(needs === "token");
    }
  }

  /** @returns {Promise<"nothing" | "time" | "token">} What is needed before it is worth trying again. */
  async #readOnce() {
    this.#reading = new AbortController();
    const watch = setTimeout(() => this.#reading.abort(), SILENCE_MS);
    let timer = watch;
    try {
      const response = await fetch(this.url, {
        headers: {
          accept: "application/x-ndjson",
          ...this.headers,
          ...(this.#lastId === "" ? {} : { "last-event-id": this.#lastId }),
        },
        cache: "no-store",
        signal: this.#reading.signal,
      });
      if (response.status === 401) {
        this.onLink("token", this.#token === "" ? "" : "This is not the right token");
        return "token";
      }
      if (!response.ok || response.body === null) {
        this.onLink("lost", await problemOf(response));
        return "time";
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      let isNew = true;
      const begun = performance.now();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(timer);
        timer = setTimeout(() => this.#reading.abort(), SILENCE_MS);
        const lines = (rest + value).split("\\n");
        rest = lines.pop() ?? "";
        if (isNew) this.onBegin();
        isNew = false;
        this.#take(lines);
      }
      if (performance.now() - begun >= ORDERLY_MS) return "nothing";
      this.onLink("lost", "");
    } catch {
      this.onLink("lost", "");
    } finally {
      clearTimeout(timer);
    }
    return "time";
  }

  /** @param {string[]} lines */
  #take(lines) {
    /** @type {Message[]} */
    const messages = lines.map((line) => JSON.parse(line));
    for (const message of messages) {
      if (message.id !== undefined) this.#lastId = message.id;
    }
    this.#waitMs = FIRST_WAIT_MS;
    this.onLink("live", "");
    this.onMessages(messages);
  }

  /** @param {boolean} forToken */
  #pause(forToken) {
    const waitMs = (forToken ? TOKEN_WAIT_MS : this.#waitMs) * (0.75 + Math.random() / 2);
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    return /** @type {Promise<void>} */ (new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    }));
  }
}

/** @param {Response} response */
async function problemOf(response) {
  try {
    return (await response.json()).error;
  } catch {
    return \`The server answers \${response.status}\`;
  }
}

/** The page: what comes from the daemon, what people type, and the two brought together. */

/** @typedef {import("./types.ts").Message} Message */
/** @typedef {import("./types.ts").Judgement} Judgement */

const TOKEN_KEY = "drbdd-token";
const COLOURS = {
  critical: "#d92d20",
  unknown: "#8a94a0",
  warning: "#e09b1a",
  ok: "#2e9e62",
  none: "#8a94a0",
};

const filterBox = /** @type {HTMLInputElement} */ (byId("filter"));
const tokenBox = /** @type {HTMLInputElement} */ (byId("token"));

/** @type {import("./types.ts").Status | undefined} */
let status;
/** @type {import("./types.ts").Link} */
let link = "connecting";
let why = "";
let isKnown = false;
let firstVersion = "";
let lastHeard = new Date();
let isDrawing = false;
/** What became worse since it was last said. @type {string[]} */
let news = [];

const board = new Board(askDecisions);
const changes = new Changes(setFilter, (resource, peerNodeId) => board.peerName(resource, peerNodeId));
const stream = new Stream("api/v1/events", take, setLink, () => board.begin());

/** @param {string} name */
async function askDecisions(name) {
  try {
    const url = \`api/v1/resources/\${encodeURIComponent(name)}/decisions\`;
    const response = await fetch(url, { headers: stream.headers });
    return response.ok ? await response.json() : [];
  } catch {
    return [];
  }
}

/** @param {Message[]} messages */
function take(messages) {
  lastHeard = new Date();
  for (const message of messages) takeOne(message);
  drawSoon();
}

/** @param {Message} message */
function takeOne(message) {
  switch (message.event) {
    case "status":
      takeStatus(message.data);
      break;
    case "resource":
      takeResource(message.data);
      break;
    case "gone":
      board.remove(message.data.name);
      break;
    case "snapshot-end":
      board.complete();
      isKnown = true;
      break;
    case "update":
      changes.add(message.data);
      break;
    case "reset":
      changes.gap();
      board.begin();
      break;
  }
}

/** @param {import("./types.ts").Status} now */
function takeStatus(now) {
  status = now;
  if (firstVersion === "") firstVersion = now.version;
}

/** @param {import("./types.ts").Resource} resource */
function takeResource(resource) {
  const before = board.put(resource);
  const now = board.judgementOf(resource.name);
  if (!isKnown || before === undefined || now === undefined) return;
  const known = before.problems.map(({ text }) => text);
  for (const { text } of now.problems) {
    if (!known.includes(text)) news.push(\`\${resource.name}: \${text}\`);
  }
}

/**
 * @param {import("./types.ts").Link} now
 * @param {string} reason
 */
function setLink(now, reason) {
  if (now === "token" && link !== "token") queueMicrotask(() => tokenBox.focus());
  link = now;
  why = reason;
  drawSoon();
}

function drawSoon() {
  if (isDrawing) return;
  isDrawing = true;
  // A page in the background gets no frames; it is drawn when it is looked at.
  requestAnimationFrame(draw);
}

function draw() {
  isDrawing = false;
  const shown = board.draw();
  changes.draw();
  drawHead();
  drawCounts(shown);
}

function drawHead() {
  setText(byId("node"), status?.node ?? "");
  setText(byId("version"), status === undefined ? "" : \`drbdd \${status.version}\`);
  const words = {
    connecting: "Connecting",
    live: status?.stale ? "Stale" : "Live",
    lost: "Reconnecting",
    token: "Locked",
  };
  const state = byId("link");
  state.dataset["state"] = link === "live" && status?.stale ? "stale" : link;
  setText(state, words[link]);
  const banner = byId("banner");
  const text = bannerText();
  banner.hidden = text === "";
  setText(banner, text);
  byId("locked").hidden = link !== "token";
  setText(byId("token-wrong"), link === "token" ? why : "");
  byId("board").hidden = link === "token";
  byId("tools").hidden = link === "token";
  document.body.dataset["link"] = link;
}

function bannerText() {
  if (link === "lost") {
    const since = isKnown ? \` What you see is of \${clock(lastHeard, new Date())}.\` : "";
    return \`No connection to drbdd\${why === "" ? "" : \` (\${why})\`}; trying again.\${since}\`;
  }
  if (link !== "live" || status === undefined) return "";
  if (status.stale) return \`The state may be outdated: \${status.reason}.\`;
  return status.version === firstVersion ? "" : "drbdd was updated: reload this page.";
}

/** @param {number} shown */
function drawCounts(shown) {
  const counts = board.counts();
  for (const [id, count] of Object.entries(counts)) {
    const place = document.getElementById(\`count-\${id}\`);
    if (place !== null) setText(place, count.toLocaleString());
  }
  byId("chip-degraded").dataset["level"] = counts.critical > 0
    ? "critical"
    : counts.unknown > 0
    ? "unknown"
    : counts.degraded > 0
    ? "warning"
    : "ok";
  for (const chip of chips()) {
    chip.setAttribute("aria-pressed", String(chip.dataset["filter"] === filterBox.value.trim()));
  }
  const empty = byId("empty");
  empty.hidden = shown > 0 || !isKnown;
  setText(
    empty,
    counts.all === 0
      ? "No DRBD resource is up on this node."
      : \`Nothing fits \\u201c\${filterBox.value.trim()}\\u201d.\`,
  );
  byId("clear").hidden = filterBox.value === "";
  setText(
    byId("found"),
    filterBox.value.trim() === "" ? "" : \`\${shown.toLocaleString()} of \${counts.all.toLocaleString()}\`,
  );
  document.title = \`\${counts.degraded > 0 ? \`(\${counts.degraded}) \` : ""}\${
    status?.node ?? "drbdd"
  } \\u00b7 DRBD\`;
  const worst = link !== "live" || status?.stale
    ? "none"
    : counts.critical > 0
    ? "critical"
    : counts.unknown > 0
    ? "unknown"
    : counts.degraded > 0
    ? "warning"
    : "ok";
  setIcon(COLOURS[worst]);
}

/** @param {string} colour */
function setIcon(colour) {
  const shape =
    \`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="\${colour}"/></svg>\`;
  const url = \`data:image/svg+xml,\${encodeURIComponent(shape)}\`;
  const icon = /** @type {HTMLLinkElement} */ (byId("icon"));
  if (icon.href !== url) icon.href = url;
}

function chips() {
  return /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-filter]"));
}

/** @param {string} text */
function setFilter(text) {
  filterBox.value = text;
  applyFilter();
}

function applyFilter() {
  const text = filterBox.value.trim();
  board.filter(filterOf(text));
  const hash = text === "" ? "" : \`#\${encodeURIComponent(text)}\`;
  if (location.hash !== hash) history.replaceState(null, "", location.pathname + location.search + hash);
  drawSoon();
}

/** Says what became worse, to those who listen; not more often than it can be listened to. */
function sayNews() {
  if (news.length === 0) return;
  const rest = news.length - 3;
  setText(
    byId("news"),
    [...news.slice(0, 3), rest > 0 ? \`and \${rest} more\` : ""].filter((text) => text !== "").join(". "),
  );
  news = [];
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "Escape" && event.target === filterBox) {
    if (filterBox.value === "") filterBox.blur();
    else setFilter("");
  } else if (event.key === "/" && !isTyping) {
    event.preventDefault();
    filterBox.focus();
    filterBox.select();
  } else if (
    event.key === "ArrowDown" || event.key === "ArrowUp" ||
    !isTyping && (event.key === "j" || event.key === "k")
  ) {
    if (isTyping && event.target !== filterBox) return;
    if (move(event.key === "ArrowDown" || event.key === "j" ? 1 : -1)) event.preventDefault();
  }
}

/**
 * Moves the focus along the rows.
 * @param {1 | -1} by
 */
function move(by) {
  const rows = board.summaries();
  const at = rows.findIndex((row) => row === document.activeElement);
  if (at < 0 && document.activeElement !== filterBox && document.activeElement !== document.body) {
    return false;
  }
  if (at === 0 && by === -1) {
    filterBox.focus();
    return true;
  }
  const next = rows[at < 0 ? (by === 1 ? 0 : -1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}

function hashText() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

function start() {
  filterBox.addEventListener("input", applyFilter);
  byId("clear").addEventListener("click", () => {
    setFilter("");
    filterBox.focus();
  });
  for (const chip of chips()) chip.addEventListener("click", () => setFilter(chip.dataset["filter"] ?? ""));
  byId("locked").addEventListener("submit", (event) => {
    event.preventDefault();
    const token = tokenBox.value.trim();
    // For this tab only, and until it is closed.
    sessionStorage.setItem(TOKEN_KEY, token);
    tokenBox.value = "";
    stream.useToken(token);
  });
  addEventListener("keydown", onKey);
  addEventListener("hashchange", () => setFilter(hashText()));
  addEventListener("online", () => stream.retryNow());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stream.retryNow();
  });
  const wide = matchMedia("(min-width: 72rem)");
  const fold = () => byId("changes").toggleAttribute("open", wide.matches);
  wide.addEventListener("change", fold);
  fold();
  setInterval(sayNews, 2_000);
  setFilter(hashText());
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (token !== null) stream.useToken(token);
  drawSoon();
  void stream.run();
}

start();
</script>
  </body>
</html>
`;
