import { hash } from 'node:crypto'
import { reservedNames } from '../destination/record-store.ts'
import { foldCase } from './fold-case.ts'

/**
 * Bytes of UTF-8 in a name, or UTF-16 units of its decomposed form, as HFS+ counts them. File systems allow 255; extension,
 * frame number and temporary name are added to it.
 */
const longestName = 200

/** Device names of Windows, with or without an extension. */
const deviceName =
  /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:[ .].*)?$/iu

/** A second name that Windows makes for a file or folder: `MANIFE~1.NDJ` is `manifest.ndjson`. */
const shortName = /^([^.]{1,7})~(\d{1,6}(?:\.[^.]{0,3})?)$/u

const foldedReservedNames: ReadonlySet<string> = new Set(reservedNames.map(foldCase))

/**
 * Makes a file or folder name that every common file system takes: NFC, no control, formatting or reserved characters,
 * no leading dot, no trailing dot or space, no device name and no short name of Windows, at most 200 bytes of UTF-8 (longer
 * names are cut and end in a hash of the whole). Never empty, `.` or `..`. Not a name that some file system takes for one
 * of the record: one rule for all folders, so that a folder can be moved up and stays right.
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
