/**
 * Returns the number of bytes that base64 text decodes to, judged by its length and padding. `undefined` if neither can
 * be base64.
 */
export function base64ByteLength(text: string): number | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  if (digits % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return undefined
  return Math.floor((digits * 3) / 4)
}
