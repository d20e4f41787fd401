import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { declaredCodes } from './declared-codes.ts'
import { packages } from './manifests.ts'
import { listSourceStrings } from './source-strings.ts'

// Errors of the command end in exit codes; nobody sees their codes.
const libraries = packages.filter(({ folder }) => folder !== 'cli')

test.each(libraries)('the README of $folder has its error and notice codes', ({ folder }) => {
  expect(withoutMention(declaredCodes(folder), folder)).toEqual([])
})

test('the README of the command has its options', () => {
  const options = listSourceStrings('cli')
    .filter(({ file }) => file !== 'limit-garbage.ts') // options of Node.js
    .flatMap(({ text }) => /^--[a-z][a-z0-9-]*/.exec(text) ?? [])
  expect(options).toContain('--out')
  expect(withoutMention(options, 'cli')).toEqual([])
})

function withoutMention(names: readonly string[], folder: string): string[] {
  const readme = readFileSync(new URL(`../packages/${folder}/README.md`, import.meta.url), 'utf8')
  return [...new Set(names)].filter((name) => !new RegExp(`(?<![-\\w])${name}(?![-\\w])`).test(readme))
}
