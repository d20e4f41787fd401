import { hash } from 'node:crypto'
import { pageScript, pageStyle } from './browser.generated.ts'

/** Text in each page. Programs replace a file only if it contains this text. */
export const pageMark = '<meta name="generator" content="@ahi-dicom/report-page">'

/** Content Security Policy. Loads nothing, and allows only the script and the style of this package. */
const policy = [
  "default-src 'none'",
  `script-src '${digestOf(pageScript)}'`,
  `style-src '${digestOf(pageStyle)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** The page before its data. */
export const pageHead: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
${pageMark}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>DICOM export</title>
<style>${pageStyle}</style>
</head>
<body>
<a class="skip" href="#list">Skip to the studies</a>
<header>
<h1>DICOM export</h1>
<div id="facts"></div>
<nav id="entries" aria-label="Failures and warnings"></nav>
<div id="notes"></div>
</header>
<main>
<div class="controls" role="search">
<label for="search">Search</label>
<input id="search" type="search" autocomplete="off" spellcheck="false" aria-keyshortcuts="/" placeholder="UID, path, SHA-256, attribute">
<label for="sort">Sort by</label>
<select id="sort">
<option value="study">Study</option>
<option value="modality">Modality</option>
<option value="description">Description</option>
<option value="instances">Most instances</option>
<option value="bytes">Largest</option>
<option value="failures">Most failures</option>
</select>
<span id="status" role="status"></span>
</div>
<section aria-label="Studies"><div id="list" tabindex="-1"></div><div id="after-list"></div></section>
<section id="failures" aria-label="Failures"></section>
<section id="warnings" aria-label="Warnings"></section>
</main>
<noscript>This page needs JavaScript, which is in the page itself.</noscript>
`

/** The page after its data. */
export const pageEnd: string = `<script>${pageScript}</script>
</body>
</html>
`

/** Begins a block of data. The argument must not come from the export, because it is not escaped. */
export function blockStart(attribute: `id="${string}"` | `class="${string}"`): string {
  return `<script type="application/json" ${attribute}>`
}

/** Ends a block of data. */
export const blockEnd = '</script>\n'

function digestOf(text: string): string {
  return `sha256-${hash('sha256', text, 'base64')}`
}
