import type { Command } from 'commander'
import { PassThrough } from 'node:stream'
import { openTerminal } from '@ahi-dicom/cli'
import { createProgram } from '../../src/program.ts'

/** Returns the commands and options, with help for a terminal of this width. */
export function programForTests(columns?: number): Command {
  const stream = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns })
  return createProgram({
    run: async () => {},
    terminal: openTerminal({ stdin: stream, stdout: stream, stderr: stream, env: {} }),
    print() {},
    printUsage() {},
    helpLength: 'full',
    configure() {},
  })
}
