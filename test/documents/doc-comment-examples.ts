import { globSync, readFileSync } from 'node:fs'
import { repositoryRoot } from '../../docs/api-reference/markdown-files.ts'
import type { CodeBlock } from './code-block.ts'

/** An `@example` up to the next tag or the end of its comment. The first line has the tag alone. */
const example = /^ *\* @example *\n((?: *\*(?!\/)(?! @[a-z])[^\n]*\n)+)/gm

/** Returns the examples of the doc comments in the sources of all packages. */
export function listDocCommentExamples(): CodeBlock[] {
  return globSync('packages/*/src/**/*.ts', { cwd: repositoryRoot })
    .sort()
    .flatMap((path) => {
      const source = readFileSync(`${repositoryRoot}${path}`, 'utf8')
      return [...source.matchAll(example)].map(({ 0: whole, 1: lines = '', index }) => ({
        path,
        line: source.slice(0, index + whole.length - lines.length).split('\n').length,
        language: 'ts',
        code: lines.replaceAll(/^ *\* ?/gm, ''),
      }))
    })
}
