import { hash } from 'node:crypto'

/** Bytes of UTF-8 that a name may take; file systems allow 255, and an extension, a frame number and a temporary name are added. */
const LONGEST_NAME = 200

/** Device names of Windows, with or without an extension, and the files that an export keeps beside its data. */
const RESERVED =
  /^(?:(?:con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])(?:[ .].*)?|manifest\.ndjson|errors\.ndjson|summary\.json)$/iu

/**
 * Makes a file or folder name that every common file system takes: NFC, no control, formatting or reserved characters,
 * no leading dot, no trailing dot or space, no device name of Windows, at most 200 bytes of UTF-8 (longer names are cut
 * and end in a hash of the whole). Never empty, `.` or `..`.
 */
export function safeName(text: string): string {
  const cleaned = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd<>:"/\\|?*]/gu, '_')
    .replace(/^\s+|[\s.]+$/gu, '')
    .replace(/^\./u, '_')
  const name = cleaned === '' ? '_' : cleaned
  const shortened = Buffer.byteLength(name) > LONGEST_NAME ? shorten(name) : name
  return RESERVED.test(shortened) ? `_${shortened}` : shortened
}

/** The first eight hexadecimal digits of the SHA-256 of a text. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 8)
}

function shorten(name: string): string {
  const suffix = `-${shortHash(name)}`
  let kept = ''
  let bytes = suffix.length
  for (const character of name) {
    bytes += Buffer.byteLength(character)
    if (bytes > LONGEST_NAME) break
    kept += character
  }
  return kept + suffix
}
