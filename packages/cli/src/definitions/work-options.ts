import type { Command } from 'commander'
import { documentOption } from '../options/document-options.ts'
import { wholeNumber } from '../options/option-values.ts'

/** Adds the options that bound the work of a job. */
export function addWorkOptions(command: Command): Command {
  return command
    .option(
      '--concurrency <n>',
      'frames fetched at the same time (default: 64)',
      wholeNumber('--concurrency', { from: 1, to: 1000 }),
    )
    .option(
      '--threads <n>',
      'most threads that fetch, decode and write (default: one a core)',
      wholeNumber('--threads', { from: 1, to: 256 }),
    )
    .addOption(documentOption())
}
