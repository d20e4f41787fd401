import { expect, test } from 'vitest'
import { commandDocs } from '../scripts/command-docs.ts'
import { programForTests } from './support/program.ts'

const page = new URL('../../../docs/reference/command.md', import.meta.url)

test('docs/reference/command.md is generated from the help; `npx vitest run --update` writes it anew', async () => {
  await expect(commandDocs(programForTests())).toMatchFileSnapshot(page.pathname)
})

test('the page has every command, its options and the exit codes', () => {
  const text = commandDocs(programForTests())
  expect(text).toContain('\n## fleet submit\n')
  expect(text).toContain('| `--out <destination>` |')
  expect(text).toContain('| 130 | interrupted before everything was done |')
})
