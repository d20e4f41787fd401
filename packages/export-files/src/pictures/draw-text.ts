import { glyphHeight, glyphOf, glyphWidth, hasGlyph, placeholder } from './glyphs.ts'

/** A picture to draw into: 8-bit samples row by row, with the channels of each pixel together. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: Uint8Array
}

/** Position and look of a text. */
export interface TextPlace {
  /** Upper left corner in pixels. */
  readonly x: number
  readonly y: number
  /** Size of a dot of a glyph in pixels. */
  readonly scale: number
  /** Grey level from 0 to 255. */
  readonly level: number
}

/** Distance from one glyph to the next, in dots. */
const advance = glyphWidth + 1

/** Height of a line with the space below it, in dots. */
export const lineHeight: number = glyphHeight + 3

/** Returns the width of a text in pixels. */
export function textWidth(text: string, scale: number): number {
  return text.length * advance * scale
}

/**
 * Returns a text with characters of the font only. Accents are removed from letters. Other characters become `?`.
 */
export function drawableText(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{Mark}/gu, '')
  return Array.from(plain, (character) => (hasGlyph(character) ? character : placeholder)).join('')
}

/** Returns a text with at most `length` characters. A longer text is cut and ends in three dots. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 3))}...`.slice(0, length)
}

/** Returns the number of characters that fit into a width in pixels. */
export function fittingLength(width: number, scale: number): number {
  return Math.floor(width / (advance * scale))
}

/** Draws a text from {@link drawableText}. Ignores the part outside of the canvas. */
export function drawText(canvas: Canvas, text: string, { x, y, scale, level }: TextPlace): void {
  for (const [index, character] of Array.from(text).entries()) {
    const left = x + index * advance * scale
    for (const [row, dots] of glyphOf(character).entries()) {
      for (let column = 0; column < dots.length; column++) {
        if (dots[column] === '#') fill(canvas, { x: left + column * scale, y: y + row * scale, size: scale, level })
      }
    }
  }
}

interface Dot {
  readonly x: number
  readonly y: number
  readonly size: number
  readonly level: number
}

function fill({ width, height, channels, data }: Canvas, { x, y, size, level }: Dot): void {
  const [left, right] = [Math.max(0, x), Math.min(width, x + size)]
  if (left >= right) return
  for (let row = Math.max(0, y); row < Math.min(height, y + size); row++) {
    data.fill(level, (row * width + left) * channels, (row * width + right) * channels)
  }
}
