import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { expect, test } from 'vitest'
import { listEntryPoints } from '../../docs/api-reference/entry-points.ts'
import { readMarkdownFiles } from '../../docs/api-reference/markdown-files.ts'
import { findBrokenLinks } from '../../docs/api-reference/markdown-links.ts'
import { findBrokenPageLinks } from '../../docs/api-reference/page-links.ts'
import { packages } from '../manifests.ts'

test('links between Markdown files lead somewhere', () => {
  const files = readMarkdownFiles()
  expect(files.length).toBeGreaterThan(40)
  expect(findBrokenLinks(files)).toEqual([])
})

test('broken links and anchors are found', () => {
  const links = ['docs/diff.md', 'docs/no-such-page.md', 'docs/diff.md#no-such-heading', 'packages/cli#no-such-heading']
  const outside = ['../elsewhere', 'https://example.com/no-such-page', '#packages']
  const tree = fromMarkdown([...links, ...outside].map((link) => `[a](${link})\n`).join(''))
  expect(findBrokenLinks([{ path: 'README.md', tree }])).toEqual([
    'README.md:2: docs/no-such-page.md',
    'README.md:3: docs/diff.md#no-such-heading',
    'README.md:4: packages/cli#no-such-heading',
    'README.md:5: ../elsewhere',
  ])
})

test('broken links of pages are found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ahi-dicom-pages-'))
  try {
    writeFileSync(
      join(folder, 'a.html'),
      '<a id="top" href="b.html#end">b</a><a href="b.html">b</a><a href="c.html">c</a>',
    )
    writeFileSync(join(folder, 'b.html'), '<a id="start" href="a.html#top">a</a><a href="https://example.com">d</a>')
    expect(findBrokenPageLinks(folder)).toEqual(['a.html: b.html#end', 'a.html: c.html'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each(packages)('the README of $folder says which API page the package has', ({ folder, manifest }) => {
  const readme = readFileSync(new URL(`../../packages/${folder}/README.md`, import.meta.url), 'utf8')
  const entry = listEntryPoints().find(({ specifier }) => specifier === manifest.name)
  expect(entry !== undefined && existsSync(entry.path)).toBe(true)
  expect(readme).toContain(`docs/api/modules/${manifest.name.replaceAll(/[@/]/g, '_')}.html`)
})
