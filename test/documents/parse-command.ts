import { PassThrough } from 'node:stream'
import { openTerminal } from '@ahi-dicom/cli'
import { createProgram } from '../../packages/cli/src/program.ts'

/** Parses the words of an `ahi-dicom` command line as the command does, and runs nothing. Returns the refusal, if any. */
export async function refusalOf(words: readonly string[]): Promise<string | undefined> {
  const stream = new PassThrough()
  const program = createProgram({
    run: async () => {},
    terminal: openTerminal({ stdin: stream, stdout: stream, stderr: stream, env: {} }),
    print() {},
    printUsage() {},
    helpLength: 'full',
    configure() {},
  })
  try {
    await program.parseAsync(words, { from: 'user' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
