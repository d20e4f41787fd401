import { printable, printableJson } from '@ahi-dicom/ahi-metadata'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

// ECMA-48 control functions; UAX #9 directional formatting; Unicode line and paragraph separators.
const unsafe = [
  '\u0000',
  '\u0007',
  '\n',
  '\r',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u009b',
  '\u061c',
  '\u200e',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
]

test.each(unsafe)('%j is replaced, and escaped in JSON', (character) => {
  expect(printable(`a${character}b`)).toBe('a\u{FFFD}b')
  const json = printableJson(JSON.stringify([`a${character}b`]))
  expect(json).toMatch(/^[\x20-\x7e]+$/)
  expect(JSON.parse(json)).toEqual([`a${character}b`])
})

test('letters of every script stay, joiners and emoji included', () => {
  const text = 'Müller 山田^太郎 نام\u200cها 👩\u200d⚕️'
  expect(printable(text)).toBe(text)
  expect(printableJson(text)).toBe(text)
})

test('long text is cut', () => {
  expect(printable('abcdef', { maxLength: 3 })).toBe('abc…')
  expect(printable('abc', { maxLength: 3 })).toBe('abc')
  expect(printable('a😀', { maxLength: 2 })).toBe('a\u{FFFD}…')
})

test('JSON keeps its value, and text its length', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.string({ unit: 'binary' }), (value, text) => {
      const json = JSON.stringify(value)
      expect(JSON.parse(printableJson(json))).toEqual(JSON.parse(json))
      expect(printable(text)).toHaveLength(text.length)
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
    }),
  )
})
