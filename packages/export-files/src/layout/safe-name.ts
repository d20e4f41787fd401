import { hash } from 'node:crypto'
import { reservedNames } from '../destination/record-store.ts'
import { foldCase } from './fold-case.ts'

/**
 * Longest name, in bytes of UTF-8 and in UTF-16 units of the decomposed form, as HFS+ counts. File systems allow 255;
 * the rest is for extension, frame number and the suffix of temporary files.
 */
const longestName = 200

/** Matches device names of Windows, with or without an extension. */
const deviceName =
  /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:[ .].*)?$/iu

/** Matches 8.3 names, which Windows adds to files and folders: `MANIFE~1.NDJ` is `manifest.ndjson`. */
const shortName = /^([^.]{1,7})~(\d{1,6}(?:\.[^.]{0,3})?)$/u

const foldedReservedNames: ReadonlySet<string> = new Set(reservedNames.map(foldCase))

/**
 * Returns a name for a file or folder that is valid on every common file system. The name
 *
 * - is in NFC, without control, formatting or reserved characters
 * - is never empty, `.` or `..`, and has no leading dot and no trailing dot or space
 * - is not a device name or 8.3 name of Windows
 * - has at most 200 bytes of UTF-8; a longer name is cut and ends in a hash of the whole name
 * - differs from the names of the record's files on every file system, in any folder, so that folders can be moved
 */
export function safeName(text: string): string {
  const cleaned = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\ufffd<>:"/\\|?*]/gu, '_')
    .replace(/^\s+|[\s.]+$/gu, '')
    .replace(/^\./u, '_')
    .replace(shortName, '$1_$2')
  const name = cleaned === '' ? '_' : cleaned
  const shortened = lengthOf(name) > longestName ? shorten(name) : name
  return isReserved(shortened) ? `_${shortened}` : shortened
}

/** Returns the first eight hexadecimal digits of the SHA-256 of a text. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 8)
}

function isReserved(name: string): boolean {
  return deviceName.test(name) || foldedReservedNames.has(foldCase(name))
}

function lengthOf(text: string): number {
  return Math.max(Buffer.byteLength(text), text.normalize('NFD').length)
}

function shorten(name: string): string {
  const suffix = `-${shortHash(name)}`
  let kept = ''
  let length = suffix.length
  for (const character of name) {
    length += lengthOf(character)
    if (length > longestName) break
    kept += character
  }
  return kept + suffix
}
