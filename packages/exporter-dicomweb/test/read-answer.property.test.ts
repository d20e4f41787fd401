import { anything, assert, constantFrom, dictionary, integer, property, record, uint8Array, array } from 'fast-check'
import { expect, test } from 'vitest'
import { readStoreAnswer } from '../src/store/read-answer.ts'

test('reads any bytes without an error', () => {
  assert(property(uint8Array(), (bytes) => void readStoreAnswer(bytes)))
})

test('reads any JSON without an error, and returns only UIDs that are text', () => {
  const tag = constantFrom('00081199', '00081198', '00081197', '00081196', '00081155', 'Value')
  assert(
    property(dictionary(tag, anything()), (json) => {
      const results = readStoreAnswer(Buffer.from(JSON.stringify(json) ?? ''))
      for (const uid of results?.keys() ?? []) expect(uid).toBeTypeOf('string')
    }),
  )
})

test('reads DICOM JSON by PS3.18 F', () => {
  const stored = record({ uid: integer({ min: 1, max: 50 }), reason: integer({ min: 0, max: 0xffff }) })
  assert(
    property(array(stored), array(stored), (storedOnes, failedOnes) => {
      const json = { '00081199': items(storedOnes, '00081196'), '00081198': items(failedOnes, '00081197') }
      const expected = new Map<string, unknown>([
        ...storedOnes.map(({ uid, reason }) => [`1.${uid}`, { kind: 'stored', warning: reason }] as const),
        ...failedOnes.map(({ uid, reason }) => [`1.${uid}`, { kind: 'failed', reason }] as const),
      ])
      expect(readStoreAnswer(Buffer.from(JSON.stringify(json)))).toEqual(expected)
      expect(readStoreAnswer(Buffer.from(JSON.stringify([json])))).toEqual(expected)
    }),
  )
})

function items(ones: readonly { uid: number; reason: number }[], tag: string): object {
  return {
    vr: 'SQ',
    Value: ones.map(({ uid, reason }) => ({
      '00081155': { vr: 'UI', Value: [`1.${uid}`] },
      [tag]: { vr: 'US', Value: [reason] },
    })),
  }
}
