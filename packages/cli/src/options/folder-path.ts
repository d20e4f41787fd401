import { UsageError } from '../errors.ts'

/** A name of two characters or more before a colon. One letter is a drive of Windows. */
const scheme = /^[a-z][a-z0-9+.-]+:/i
/** Returns whether other programs take a text for a URL. */
export function isUrl(text: string): boolean {
  return scheme.test(text)
}

const archive = /\.(zip|tar|tgz|tbz2?|txz|tzst|7z|rar|gz|bz2|xz|zst)$/i

/**
 * Returns the path of a folder, or throws a {@link UsageError} for what other programs take for a URL, an archive or standard
 * output.
 */
export function parseFolder(value: string, option: string): string {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot use '${value}' as ${option}: ${why}`)
  }
  if (value === '') return refuse('it is empty; name a folder')
  if (value === '-') return refuse('it stands for a stream; name a folder')
  if (/^file:/i.test(value)) return refuse('it is a URL; give the path of the folder')
  if (isUrl(value)) return refuse(`it is a URL; give a folder of this machine, or ./${value} if that is its name`)
  if (archive.test(value)) return refuse(`it is an archive; give a folder, or ${value}/ if that is its name`)
  return value
}
