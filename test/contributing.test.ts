import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import root from '../package.json' with { type: 'json' }

const text = readFileSync(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8')
const quoted = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code)

/** A folder of the repository, or a file in one; `NAME` and `FOLDER` stand for any. */
const path = /^(?:packages|examples|test|docs|\.ci|\.changeset)(?:\/(?!\S*(?:NAME|FOLDER))[\w./-]+)?$/

test('CONTRIBUTING.md names files and folders that exist', () => {
  const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].flatMap(([, target = '']) => target)
  const paths = [...quoted.filter((code) => path.test(code)), ...links]
  expect(paths.length).toBeGreaterThan(60)
  expect(paths.filter((name) => !existsSync(new URL(`../${name}`, import.meta.url)))).toEqual([])
})

test('CONTRIBUTING.md names scripts that exist', () => {
  const commands = quoted.flatMap((code) => /^npm (?:run )?([\w:-]+)/.exec(code)?.[1] ?? [])
  const scripts = commands.filter((name) => name !== 'ci')
  expect(scripts.length).toBeGreaterThan(10)
  expect(scripts.filter((name) => !Object.hasOwn(root.scripts, name))).toEqual([])
})
