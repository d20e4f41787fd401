import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))

test('docs/README.md lists every page of docs', () => {
  const index = readFileSync(`${docs}README.md`, 'utf8')
  const pages = globSync('**/*.md', { cwd: docs, exclude: ['api/**', '**/node_modules/**', '**/README.md'] })
  expect(pages.length).toBeGreaterThan(20)
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([])
})

test('the README of the repository says how to test and how to see it work', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  expect(readme).toContain('<!-- test command -->\n\n```sh\nnpm ci && npm test\n```')
  expect(readme).toContain('```sh\nnpm run setup && npm run demo\n```')
})
