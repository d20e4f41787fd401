import { Option } from 'commander'
import { wholeNumber } from '../options/option-values.ts'

/** Options of archives, and of standard output. */
export interface ArchiveOptions {
  /** From 0 (not compressed) to 9 (smallest). */
  readonly compression?: number
  readonly reproducible?: true
}

/** Returns the option `--compression`. */
export function compressionOption(): Option {
  const help = 'compression of a ZIP or tar.gz (default: ZIP 0, tar.gz 6)'
  return new Option('--compression <0-9>', help).argParser(wholeNumber('--compression', { from: 0, to: 9 }))
}

/** Returns the option `--reproducible`. */
export function reproducibleOption(): Option {
  return new Option('--reproducible', 'write identical bytes for the same instances and options')
}
