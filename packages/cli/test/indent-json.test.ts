import { assert, jsonValue, property } from 'fast-check'
import { expect, test } from 'vitest'
import { indentJson } from '../src/indent-json.ts'

test('indents as JSON.stringify does', () => {
  assert(
    property(jsonValue(), (value) => {
      expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, undefined, 2))
    }),
  )
})

test('leaves numbers as they are', () => {
  expect(indentJson('[18446744073709551615,1.50]')).toBe('[\n  18446744073709551615,\n  1.50\n]')
})
