import { fileURLToPath } from 'node:url'
import { buildPages } from './build-pages.ts'
import { listEntryPoints } from './entry-points.ts'
import { readMarkdownFiles } from './markdown-files.ts'
import { findBrokenLinks } from './markdown-links.ts'
import { findBrokenPageLinks } from './page-links.ts'

const folder = fileURLToPath(new URL('../api', import.meta.url))

const problems = [
  ...(await buildPages(folder)),
  ...findBrokenPageLinks(folder).map((link) => `Broken link in a page: ${link}`),
  ...findBrokenLinks(readMarkdownFiles()).map((link) => `Broken link in Markdown: ${link}`),
]
for (const problem of problems) console.error(problem)
console.log(`${listEntryPoints().length} modules in ${folder}, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
