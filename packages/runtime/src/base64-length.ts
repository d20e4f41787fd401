/** Returns how many bytes base64 text of this form stands for. `undefined` if no base64 text is so long or padded so. */
export function base64ByteLength(text: string): number | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  if (digits % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return undefined
  return Math.floor((digits * 3) / 4)
}
