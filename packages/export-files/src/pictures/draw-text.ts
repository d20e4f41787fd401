import { glyphHeight, glyphOf, glyphWidth, hasGlyph, placeholder } from './glyphs.ts'

/** Samples to draw into: row by row, colour by pixel, 8 bits. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly data: Uint8Array
}

/** Where and how a text is drawn. */
export interface TextPlace {
  /** Left upper corner. */
  readonly x: number
  readonly y: number
  /** Pixels that a dot of a glyph has on each side. */
  readonly scale: number
  /** Grey level from 0 to 255. */
  readonly level: number
}

/** Dots from one glyph to the next. */
const advance = glyphWidth + 1

/** Height of a line in dots, with the room below it. */
export const lineHeight: number = glyphHeight + 3

/** Returns the width of a text in pixels. */
export function textWidth(text: string, scale: number): number {
  return text.length * advance * scale
}

/**
 * Returns a text in the characters of the font. Letters lose their accents. Every other character is a `?`, which tells that
 * there is one.
 */
export function drawableText(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{Mark}/gu, '')
  return Array.from(plain, (character) => (hasGlyph(character) ? character : placeholder)).join('')
}

/** Returns the beginning of a text that is at most so many characters long, with dots for the rest. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 3))}...`.slice(0, length)
}

/** Returns how many characters fit into a width in pixels. */
export function fittingLength(width: number, scale: number): number {
  return Math.floor(width / (advance * scale))
}

/** Draws a text of {@link drawableText}. The part outside the canvas is left out. */
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
