import type { Command } from 'commander'
import { documentOption } from '../options/document-options.ts'
import { parseSize, wholeNumber } from '../options/option-values.ts'

/** Adds the options that bound the work of a job. */
export function addWorkOptions(command: Command): Command {
  return command
    .option(
      '--concurrency <n>',
      'frames fetched at the same time (default: 64, up to 128 if that is faster)',
      wholeNumber('--concurrency', { from: 1, to: 1000 }),
    )
    .option(
      '--threads <n>',
      'most threads that fetch, decode and write (default: one a core)',
      wholeNumber('--threads', { from: 1, to: 256 }),
    )
    .option(
      '--max-memory <size>',
      'memory for frames, documents and the record, such as 512M (default: a quarter of the machine, at most 1G)',
      parseSize,
    )
    .addOption(documentOption())
}
