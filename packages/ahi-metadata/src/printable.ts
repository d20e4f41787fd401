/** Options of {@link printable}. */
export interface PrintableOptions {
  /** Most characters to keep. An ellipsis replaces the rest. Default: no limit. */
  readonly maxLength?: number | undefined
}

/**
 * Control characters (C0, C1, DEL), line and paragraph separators, controls of the text direction, and lone surrogates.
 */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu

/**
 * Replaces each unsafe character of text by U+FFFD. Use it for text from outside (the service, a document, a file
 * name): the result cannot control a terminal or forge a log line.
 *
 * @example
 * import { printable } from '@ahi-dicom/ahi-metadata/printable'
 *
 * console.log(printable('CT\u0007 chest')) // CT� chest
 */
export function printable(text: string, { maxLength = Infinity }: PrintableOptions = {}): string {
  const isCut = text.length > maxLength
  return `${(isCut ? text.slice(0, maxLength) : text).replaceAll(unsafe, '\u{FFFD}')}${isCut ? '…' : ''}`
}

/**
 * Escapes the unsafe characters of JSON text without changing its value. `JSON.stringify` itself escapes only those
 * below U+0020.
 *
 * @example
 * import { printableJson } from '@ahi-dicom/ahi-metadata/printable'
 *
 * console.log(printableJson(JSON.stringify({ name: '\u202e' }))) // {"name":"\u202e"}
 */
export function printableJson(json: string): string {
  return json.replaceAll(/[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
