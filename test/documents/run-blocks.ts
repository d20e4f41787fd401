import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CodeBlock } from './code-block.ts'
import type { ExampleFailure, ExampleToRun } from './run-examples.ts'
import { modulePath, writeModules } from './write-modules.ts'

const runner = fileURLToPath(new URL('run-examples.ts', import.meta.url))

/** A block to run. */
export interface BlockToRun {
  readonly block: CodeBlock
  /** Names of its parameters, see `given/names.d.ts`. */
  readonly parameters?: readonly string[]
}

/** Runs blocks against an emulator, in one process. Returns what went wrong, a message each. */
export function runBlocks(name: string, blocks: readonly BlockToRun[]): string[] {
  const folder = writeModules(
    name,
    blocks.map(({ block }) => block),
  )
  const examples: readonly ExampleToRun[] = blocks.map(({ block, parameters = [] }) => ({
    module: join(folder, modulePath(block)),
    parameters,
  }))
  const [input, output] = [join(folder, 'examples.json'), join(folder, 'failures.json')]
  writeFileSync(input, JSON.stringify(examples))
  const { status, stderr, error } = spawnSync(
    process.execPath,
    ['--conditions=@ahi-dicom/source', runner, input, output],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`The examples ended with ${status}: ${stderr}`)
  const failures: readonly ExampleFailure[] = JSON.parse(readFileSync(output, 'utf8'))
  return failures.map(({ module, message }) => `${relative(folder, module)}: ${message}`)
}
