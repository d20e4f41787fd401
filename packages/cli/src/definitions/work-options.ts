import { Option, type Command } from 'commander'
import { documentOption } from '../options/document-options.ts'
import { parseSize, wholeNumber } from '../options/option-values.ts'

/** Adds the options that limit the connections, threads and memory of a job. */
export function addWorkOptions(command: Command): Command {
  return command
    .addOption(concurrencyOption('frames fetched in parallel (default: 64, up to 128 if that is faster)'))
    .addOption(threadsOption('maximum threads that fetch, decode and write (default: one per core)'))
    .addOption(memoryOption('frames, documents and the record'))
    .addOption(documentOption())
}

/** Returns the option `--concurrency` with this help. */
export function concurrencyOption(help: string): Option {
  const parse = wholeNumber('--concurrency', { from: 1, to: 1000 })
  return new Option('--concurrency <n>', help).argParser(parse)
}

/** Returns the option `--threads` with this help. */
export function threadsOption(help: string): Option {
  return new Option('--threads <n>', help).argParser(wholeNumber('--threads', { from: 1, to: 256 }))
}

/** Returns the option `--max-memory`. `what` names the use of the memory in its help. */
export function memoryOption(what: string, byDefault = 'a quarter of the memory, at most 1G'): Option {
  const help = `maximum memory for ${what}, such as 512M (default: ${byDefault})`
  return new Option('--max-memory <size>', help).argParser(parseSize)
}
