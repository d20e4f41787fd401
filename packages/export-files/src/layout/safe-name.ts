import { hash } from 'node:crypto'
import { recordNames } from '../destination/record-store.ts'
import { foldCase } from './fold-case.ts'

/** Bytes of UTF-8 in a name. File systems allow 255; extension, frame number and temporary name are added to it. */
const longestName = 200

/** Device names of Windows, with or without an extension. */
const deviceName =
  /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:[ .].*)?$/iu

const namesOfRecord: ReadonlySet<string> = new Set(Object.values(recordNames))

/**
 * Makes a file or folder name that every common file system takes: NFC, no control, formatting or reserved characters,
 * no leading dot, no trailing dot or space, no device name of Windows, no name of the record in any case, at most 200
 * bytes of UTF-8 (longer names are cut and end in a hash of the whole). Never empty, `.` or `..`.
 */
export function safeName(text: string): string {
  const cleaned = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd<>:"/\\|?*]/gu, '_')
    .replace(/^\s+|[\s.]+$/gu, '')
    .replace(/^\./u, '_')
  const name = cleaned === '' ? '_' : cleaned
  const shortened = Buffer.byteLength(name) > longestName ? shorten(name) : name
  return isReserved(shortened) ? `_${shortened}` : shortened
}

/** Returns the first eight hexadecimal digits of the SHA-256 of a text. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 8)
}

function isReserved(name: string): boolean {
  return deviceName.test(name) || namesOfRecord.has(foldCase(name))
}

function shorten(name: string): string {
  const suffix = `-${shortHash(name)}`
  let kept = ''
  let bytes = suffix.length
  for (const character of name) {
    bytes += Buffer.byteLength(character)
    if (bytes > longestName) break
    kept += character
  }
  return kept + suffix
}
