import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFormats, LayoutError, openRecord, parseLayout, recordNames } from '@ahi-dicom/export-files'
import type { ExportRecord, Layout } from '@ahi-dicom/export-files'
import { instanceDouble, keyOf } from './instance-double.ts'
import { memoryDestination } from './memory-destination.ts'

/** Names that only the record may use, see record-store.ts. */
const reserved = [...Object.values(recordNames), 'export.json', '.ahi-dicom']

/** Variants of a reserved name that some file system treats as equal. */
const nearlyReserved = fc
  .tuple(
    fc.constantFrom(...reserved, 'MANIFE~1.NDJ', 'FLUSHE~2.JSO', 'manifest', 'errors', 'summary', 'export'),
    fc.constantFrom('', ' ', '.', '. .', '\u{fe0f}', '\u{e0100}', '\u034f', '\u200b', '\u0000', '/', '/..', '\ud800'),
    fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => text.toUpperCase(),
      (text) => text.replaceAll('s', '\u017f').replaceAll('k', '\u212a'),
      (text) => text.replace(/[a-z]/gu, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)),
      (text) => text.replace('fl', '\ufb02').replace('fi', '\ufb01'),
    ),
  )
  .chain(([name, addition, change]) =>
    fc.nat({ max: name.length }).map((at) => change(name.slice(0, at)) + addition + change(name.slice(at))),
  )

const value = fc.oneof(
  { weight: 3, arbitrary: nearlyReserved },
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('\u1fa7', '가', '\u{1d160}', 'é'), minLength: 50, maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('.', ' ', '/', '\\', ':', '~', '1', 'a', '\u0301'), maxLength: 12 }),
  fc.constantFrom('..', '.', 'CON', 'con.ndjson', 'LPT1', ''),
)

const template = fc.constantFrom(
  '{PatientName}',
  '{PatientName}/{SOPInstanceUID}',
  '{PatientName}/{PatientID}/{SOPInstanceUID}',
  '{PatientName}.{PatientID}/{SOPInstanceUID}',
  '{PatientName}.ndjson/{PatientID}',
  '{PatientName}{PatientID}',
  '{SOPInstanceUID}/{PatientName}',
)

/** Opens an empty record. */
async function newRecord(): Promise<ExportRecord> {
  return openRecord(memoryDestination(), { mode: 'new', formats: createFormats(['dcm']) })
}

test('no value makes a path outside of the destination, a path of the record, or too long a name', async () => {
  await fc.assert(
    fc.asyncProperty(template, value, value, value, async (text, PatientName, PatientID, sopInstanceUid) => {
      await using record = await newRecord()
      const instance = instanceDouble({ sopInstanceUid, attributes: { PatientName, PatientID } })
      const stem = record.claim(parseLayout(text).path(instance), keyOf(instance))
      for (const path of [`${stem}.dcm`, `${stem}.ndjson`, `${stem}.json`, `${stem}.ndj`, `${stem}-0001.png`]) {
        const names = path.split('/')
        expect(names).toHaveLength(text.split('/').length)
        for (const name of names) expectPlain(name)
        expectUnreserved(names)
      }
    }),
    { numRuns: 1000 },
  )
})

test('no literal in a template does so either', async () => {
  const claimed = new Set<string>()
  await fc.assert(
    fc.asyncProperty(value, fc.boolean(), async (literal, isFile) => {
      const layout = parsed(isFile ? `${literal}{Modality}` : `${literal}/{SOPInstanceUID}`)
      if (layout === undefined) return
      await using record = await newRecord()
      const instance = instanceDouble({ attributes: { Modality: '.ndjson' } })
      const stem = record.claim(layout.path(instance), keyOf(instance))
      claimed.add(stem)
      const names = `${stem}.json`.split('/')
      for (const name of names) expectPlain(name)
      expectUnreserved(names)
    }),
    { numRuns: 300 },
  )
  expect(claimed.size).toBeGreaterThan(10)
})

test('instances never share a path, even if values look like the end of another path', async () => {
  await using record = await newRecord()
  const layout = parseLayout('{PatientID}')
  const claim = (PatientID: string, imageSetId: string): string => {
    const instance = instanceDouble({ imageSetId, attributes: { PatientID } })
    return record.claim(layout.path(instance), keyOf(instance))
  }
  const first = claim('P', 'a')
  const second = claim('P', 'b')
  const other = await newRecord()
  const inTurn = ['c', 'd', 'e'].map((imageSetId) =>
    other.claim(imageSetId === 'c' ? second : first, keyOf(instanceDouble({ imageSetId }))),
  )
  expect(first).not.toBe(second)
  expect(new Set(inTurn).size).toBe(3)
  const again = await newRecord()
  const owner = keyOf(instanceDouble({ imageSetId: 'b' }))
  again.claim(first, keyOf(instanceDouble({ imageSetId: 'a' })))
  again.claim(second, keyOf(instanceDouble({ imageSetId: 'x' })))
  expect([first, second]).not.toContain(again.claim(first, owner))
})

function parsed(text: string): Layout | undefined {
  try {
    return parseLayout(text)
  } catch (error) {
    if (error instanceof LayoutError) return undefined
    throw error
  }
}

/**
 * Expects a name within the limits of Microsoft's "Naming Files, Paths, and Namespaces", POSIX and Apple's TN1150
 * (HFS+).
 */
function expectPlain(name: string): void {
  expect(name).not.toMatch(/^\.{0,2}$|^\.|[. ]$|[\\/:\p{Cc}]/u)
  expect(name.isWellFormed()).toBe(true)
  expect(name).not.toMatch(/^(?=[^.]{1,8}(?:\.|$))[^.]+~\d+(?:\.[^.]{0,3})?$/u)
  const temporary = `.${name}.0123456789ab.part`
  expect(Buffer.byteLength(temporary)).toBeLessThanOrEqual(255)
  expect(temporary.normalize('NFD').length).toBeLessThanOrEqual(255)
}

/** Expects that no folder in a path, and no file at its root, has a name of the record. */
function expectUnreserved(names: readonly string[]): void {
  for (const name of names.length === 1 ? names : names.slice(0, -1)) {
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) {
      const folded = name
        .normalize(form)
        .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
        .toUpperCase()
      expect(reserved.map((one) => one.toUpperCase())).not.toContain(folded)
    }
  }
}
