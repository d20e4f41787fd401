import { Option, type Command } from 'commander'
import { documentOption } from '../options/document-options.ts'
import { parseSize, wholeNumber } from '../options/option-values.ts'

/** Adds the options that say how a job works, and bound it. */
export function addWorkOptions(command: Command): Command {
  return command
    .addOption(concurrencyOption('frames fetched at the same time (default: 64, up to 128 if that is faster)'))
    .addOption(threadsOption('most threads that fetch, decode and write (default: one a core)'))
    .addOption(memoryOption('frames, documents and the record'))
    .addOption(documentOption())
}

/** Returns the option that says how much is done at a time. */
export function concurrencyOption(help: string): Option {
  const parse = wholeNumber('--concurrency', { from: 1, to: 1000 })
  return new Option('--concurrency <n>', help).argParser(parse)
}

/** Returns the option that bounds threads. */
export function threadsOption(help: string): Option {
  return new Option('--threads <n>', help).argParser(wholeNumber('--threads', { from: 1, to: 256 }))
}

/** Returns the option that bounds memory. `what` it is for. */
export function memoryOption(what: string, byDefault = 'a quarter of the machine, at most 1G'): Option {
  const help = `memory for ${what}, such as 512M (default: ${byDefault})`
  return new Option('--max-memory <size>', help).argParser(parseSize)
}
