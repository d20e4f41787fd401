import { UsageError } from '../errors.ts'

/** A name of two characters or more before a colon. One letter is a drive of Windows. */
const scheme = /^[a-z][a-z0-9+.-]+:/i
/** Returns whether other programs take a text for a URL. */
export function isUrl(text: string): boolean {
  return scheme.test(text)
}

/** Returns whether a text is the URL of a file. */
export function isFileUrl(text: string): boolean {
  return /^file:/i.test(text)
}

const archive = /\.(zip|tar|tgz|tbz2?|txz|tzst|7z|rar|gz|bz2|xz|zst)$/i

/** What other programs take a text for, and how a folder of that name is given. Undefined if it may be a folder. */
export function otherThanFolder(text: string): { readonly what: string; readonly asFolder: string } | undefined {
  if (isUrl(text)) return { what: 'a URL', asFolder: `./${text}` }
  return archive.test(text) ? { what: 'an archive', asFolder: `${text}/` } : undefined
}

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
  if (isFileUrl(value)) return refuse('it is a URL; give the path of the folder')
  const { what, asFolder } = otherThanFolder(value) ?? {}
  if (what === undefined) return value
  return refuse(`it is ${what}; give a folder of this machine, or ${asFolder} if that is its name`)
}
