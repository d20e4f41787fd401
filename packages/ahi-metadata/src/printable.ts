/** Options of {@link printable}. */
export interface PrintableOptions {
  /** Most characters that are kept; an ellipsis stands for the rest. Default: all. */
  readonly maxLength?: number | undefined
}

/** Control characters (C0, C1, DEL), line and paragraph separators, overrides of the text direction, half characters. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu

/**
 * Returns text from outside (the service, a document, a file name) in a form that cannot drive a terminal or forge a
 * line of a log: each unsafe character is replaced by U+FFFD.
 */
export function printable(text: string, { maxLength = Infinity }: PrintableOptions = {}): string {
  const isCut = text.length > maxLength
  return `${(isCut ? text.slice(0, maxLength) : text).replaceAll(unsafe, '\u{FFFD}')}${isCut ? '…' : ''}`
}

/**
 * Returns JSON text with the same value, in which unsafe characters are written as escapes. `JSON.stringify` escapes
 * only those below U+0020.
 */
export function printableJson(json: string): string {
  return json.replaceAll(/[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
