import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CodeBlock } from './code-block.ts'

/** A folder that git ignores, in which modules find the packages of the repository. */
const modulesFolder = fileURLToPath(new URL('dist/', import.meta.url))
const givenFolder = fileURLToPath(new URL('given/', import.meta.url))

/** Languages of blocks that are compiled, with the extension of their modules. */
const extensions: Readonly<Record<string, string>> = { js: 'js', javascript: 'js', ts: 'ts', typescript: 'ts' }

/** Whether a block is JavaScript or TypeScript. */
export function isCompiled({ language }: CodeBlock): boolean {
  return language in extensions
}

/**
 * Writes each block as a module `DOCUMENT/LINE.js` or `.ts`, and what blocks take as given. Lines of a module have the
 * numbers that they have in the document.
 *
 * @returns the folder of the modules
 */
export function writeModules(name: string, blocks: readonly CodeBlock[]): string {
  const folder = join(modulesFolder, name)
  rmSync(folder, { recursive: true, force: true })
  cpSync(givenFolder, folder, { recursive: true })
  for (const block of blocks) {
    const path = join(folder, modulePath(block))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, moduleOf(block))
  }
  return folder
}

/** Returns the path of the module of a block in the folder of modules. */
export function modulePath({ path, line, language }: CodeBlock): string {
  return join(path, `${line}.${extensions[language] ?? language}`)
}

function moduleOf({ line, code }: CodeBlock): string {
  const isModule = /^(?:import|export) /m.test(code)
  return `${'\n'.repeat(line - 1)}${code}${isModule ? '' : '\nexport {}'}\n`
}
