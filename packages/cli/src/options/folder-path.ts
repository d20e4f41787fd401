import { UsageError } from '../errors.ts'

/** At least two characters before a colon. A single letter is a drive of Windows. */
const scheme = /^[a-z][a-z0-9+.-]+:/i
/** Returns true if a text looks like a URL. */
export function isUrl(text: string): boolean {
  return scheme.test(text)
}

/** Returns true for `file:` URLs. */
export function isFileUrl(text: string): boolean {
  return /^file:/i.test(text)
}

const archive = /\.(zip|tar|tgz|tbz2?|txz|tzst|7z|rar|gz|bz2|xz|zst)$/i

/** Returns what a text looks like if not a folder, and how to name a folder like this. Returns undefined if it may be a folder. */
export function otherThanFolder(text: string): { readonly what: string; readonly asFolder: string } | undefined {
  if (isUrl(text)) return { what: 'a URL', asFolder: `./${text}` }
  return archive.test(text) ? { what: 'an archive', asFolder: `${text}/` } : undefined
}

/**
 * Returns the path of a folder.
 *
 * @throws {UsageError} for a text that looks like a URL, an archive or standard output
 */
export function parseFolder(value: string, option: string): string {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot use '${value}' as ${option}: ${why}`)
  }
  if (value === '') return refuse('it is empty; name a folder')
  if (value === '-') return refuse('it means standard output; name a folder')
  if (isFileUrl(value)) return refuse('it is a URL; give the path of the folder')
  const { what, asFolder } = otherThanFolder(value) ?? {}
  if (what === undefined) return value
  return refuse(`it is ${what}; give a local folder, or ${asFolder} if that is its name`)
}
