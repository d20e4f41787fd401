import { UsageError } from '../errors.ts'

/** A name of two characters or more before a colon. One letter is a drive of Windows. */
const scheme = /^[a-z][a-z0-9+.-]+:/i
const archive = /\.(zip|tar|tgz|tbz2?|txz|tzst|7z|rar|gz|bz2|xz|zst)$/i

/**
 * Returns the path of a folder, or throws a {@link UsageError} for what other programs take for a URL, an archive or standard
 * output: the command can write to folders alone.
 */
export function parseFolder(value: string, option: string): string {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot use '${value}' as ${option}: ${why}`)
  }
  if (value === '') return refuse('it is empty; name a folder')
  if (value === '-') return refuse('an export cannot go to a stream; name a folder')
  if (/^file:/i.test(value)) return refuse('it is a URL; give the path of the folder')
  if (scheme.test(value)) return refuse(`it is a URL; give a folder of this machine, or ./${value} if that is its name`)
  if (archive.test(value)) return refuse(`archives cannot be written; give a folder, or ${value}/ if that is its name`)
  return value
}
