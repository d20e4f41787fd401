import type { Command } from 'commander'
import { PassThrough } from 'node:stream'
import { openTerminal } from '@ahi-dicom/cli'
import { createProgram } from '../../src/program.ts'

/** Makes the commands and options, to look at them. */
export function programForTests(): Command {
  const stream = new PassThrough()
  return createProgram({
    run: async () => {},
    terminal: openTerminal({ stdin: stream, stdout: stream, stderr: stream, env: {} }),
    print() {},
    printUsage() {},
    helpLength: 'full',
    configure() {},
  })
}
