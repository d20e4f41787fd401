import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync, Visitor } from 'vite'

/** A string literal, or a piece of a template, in a source file. */
export interface SourceString {
  /** Path below `packages/`. */
  readonly path: string
  /** Name of the file alone. */
  readonly file: string
  readonly text: string
}

const packagesFolder = fileURLToPath(new URL('../packages/', import.meta.url))

/** Returns all strings in the sources of a package. Generated files are left out. */
export function listSourceStrings(folder: string): SourceString[] {
  return globSync(`${folder}/src/**/*.ts`, { cwd: packagesFolder, exclude: ['**/*.generated.ts'] })
    .toSorted()
    .flatMap((path) => stringsOf(path).map((text) => ({ path, file: basename(path), text })))
}

function stringsOf(path: string): string[] {
  const strings: string[] = []
  new Visitor({
    Literal: ({ value }) => void (typeof value === 'string' && strings.push(value)),
    TemplateElement: ({ value }) => void strings.push(value.cooked ?? value.raw),
  }).visit(parseSync(path, readFileSync(`${packagesFolder}${path}`, 'utf8')).program)
  return strings
}
