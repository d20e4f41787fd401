import { Option } from 'commander'
import { wholeNumber } from '../options/option-values.ts'

/** Options of archives, and of standard output. */
export interface ArchiveOptions {
  /** From 0 (as it is) to 9 (smallest). */
  readonly compression?: number
  readonly reproducible?: true
}

/** Makes the option for the size of an archive. */
export function compressionOption(): Option {
  const help = 'how much a ZIP or a tar.gz is compressed (default: a ZIP not at all, a tar.gz 6)'
  return new Option('--compression <0-9>', help).argParser(wholeNumber('--compression', { from: 0, to: 9 }))
}

/** Makes the option for an archive that can be made again. */
export function reproducibleOption(): Option {
  return new Option('--reproducible', 'make the same archive, byte by byte, for the same instances and options')
}
