import { expect, test } from 'vitest'
import type { CodeBlock } from './code-block.ts'
import { listMarkdownBlocks } from './markdown-blocks.ts'
import { refusalOf } from './parse-command.ts'
import { splitShell } from './shell-words.ts'

const blocks = listMarkdownBlocks().filter(({ exemption }) => exemption === undefined)

test('the command takes every ahi-dicom command line of Markdown files', async () => {
  const lines = blocks.filter(({ language }) => language === 'sh').flatMap(commandLines)
  expect(lines.length).toBeGreaterThan(50)
  const refusals = await Promise.all(
    lines.map(async ({ place, words }) => ({ place, refusal: await refusalOf(words) })),
  )
  expect(refusals.filter(({ refusal }) => refusal !== undefined)).toEqual([])
})

test('JSON of Markdown files parses', () => {
  const broken = blocks.filter(({ language, code }) => language === 'json' && !isJson(code))
  expect(broken.map(({ path, line }) => `${path}:${line}`)).toEqual([])
})

test('every block of Markdown files has a language that is checked, or says why it is not', () => {
  const known = new Set(['js', 'ts', 'json', 'sh', 'yaml', 'mermaid', ''])
  expect(blocks.filter(({ language }) => !known.has(language)).map(({ path, line }) => `${path}:${line}`)).toEqual([])
})

test('a command line that the command does not know is refused', async () => {
  expect(await refusalOf(['export', '--all', '--out', 'x', '--formats', 'dcm'])).toContain('--formats')
  expect(await refusalOf(['exports'])).toContain('exports')
})

/** Returns the arguments of every `ahi-dicom` in a block of shell. */
function commandLines({ path, line, code }: CodeBlock): { readonly place: string; readonly words: string[] }[] {
  return splitShell(code)
    .filter(({ words }) => words[0] === 'ahi-dicom')
    .map(({ words, line: offset }) => ({ place: `${path}:${line + offset}`, words: words.slice(1) }))
}

function isJson(code: string): boolean {
  try {
    JSON.parse(code)
    return true
  } catch {
    return false
  }
}
