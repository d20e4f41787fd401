import { readFileSync } from 'node:fs'
import { compareInstances, normalisations } from '@ahi-dicom/dicom-diff'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nativeImage } from './support/test-image.ts'
import { bigEndian, deflated, dicomSource, explicit, implicit, text, type TestElement } from './support/write-dicom.ts'

/** Attributes with all kinds of values. None describes pixels or is shared by a series. */
const subjects: readonly (readonly [tag: number, vr: string, value: Uint8Array])[] = [
  [0x00080008, 'CS', Buffer.from('ORIGINAL\\PRIMARY ')],
  [0x00080012, 'DA', Buffer.from('20200102')],
  [0x00080013, 'TM', Buffer.from('101112')],
  [0x00180050, 'DS', Buffer.from('1.25')],
  [0x00189073, 'FD', new Uint8Array(Float64Array.of(1.5).buffer)],
  [0x00189074, 'DT', Buffer.from('20200102030405')],
  [0x00200013, 'IS', Buffer.from('12')],
  [0x00204000, 'LT', Buffer.from('a comment ')],
  [0x00280009, 'AT', Uint8Array.of(0x18, 0, 0x63, 0x10)],
  [0x00280106, 'US', Uint8Array.of(1, 2)],
  [0x00281201, 'OW', Uint8Array.of(1, 2, 3, 4)],
  [0x00420010, 'ST', Buffer.from('title ')],
]
const places = subjects.length

const content = fc.record({
  atTop: fc.uniqueArray(fc.nat(places - 1), { minLength: 1, maxLength: 8 }),
  inItems: fc.array(fc.uniqueArray(fc.nat(places - 1), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
})
const encodings = fc.record({
  transferSyntaxUid: fc.constantFrom(explicit, implicit, bigEndian, deflated),
  hasUndefinedLengths: fc.boolean(),
})

test('one data set in two encodings has no difference', async () => {
  await fc.assert(
    fc.asyncProperty(content, encodings, encodings, async ({ atTop, inItems }, one, other) => {
      const elements = build(
        atTop.map(elementAt),
        inItems.map((item) => item.map(elementAt)),
      )
      const found = await compareInstances(dicomSource(elements, one), dicomSource(elements, other))
      expect(found.differences).toEqual([])
      expect(found.pixels).toBe('equal')
    }),
    { numRuns: 150 },
  )
})

test('exactly the one change is found', async () => {
  const change = fc.record({
    kind: fc.constantFrom('value', 'removed', 'added', 'item'),
    at: fc.nat(),
    isInItem: fc.boolean(),
    byte: fc.nat(),
  })
  await fc.assert(
    fc.asyncProperty(
      content,
      encodings,
      encodings,
      change,
      async ({ atTop, inItems }, one, other, { kind, at, isInItem, byte }) => {
        const before = build(
          atTop.map(elementAt),
          inItems.map((item) => item.map(elementAt)),
        )
        const top = atTop.map(elementAt)
        const items = inItems.map((item) => item.map(elementAt))
        const index = at % items.length
        const target = isInItem ? (items[index] ?? []) : top
        const place = at % target.length
        const changed = target[place]
        if (changed === undefined) return
        if (kind === 'value') target[place] = changedElement(changed, byte)
        else if (kind === 'removed') target.splice(place, 1)
        else if (kind === 'added') target.push(text(0x00400254, 'LO', 'added'))
        else items.pop()
        const { differences } = await compareInstances(dicomSource(before, one), dicomSource(build(top, items), other))
        const inside = isInItem && kind !== 'item' ? `ReferencedImageSequence[${index}].` : ''
        const found = differences.map(({ difference, tag, attribute, keyword = tag }) => ({
          difference,
          tag,
          inside: attribute.slice(0, -keyword.length),
        }))
        expect(found).toEqual([
          {
            difference: { value: 'value', removed: 'only-in-a', added: 'only-in-b', item: 'items' }[kind],
            tag: { value: hex(changed.tag), removed: hex(changed.tag), added: '00400254', item: '00081140' }[kind],
            inside,
          },
        ])
      },
    ),
    { numRuns: 300 },
  )
})

test('the normalisations match docs/normalisation.md, plus the one of signed samples', () => {
  const document = readFileSync(new URL('../../../docs/normalisation.md', import.meta.url), 'utf8')
  const documented = Array.from(document.matchAll(/^\| `([a-z-]+)` /gm), ([, id]) => id)
  expect(Object.keys(normalisations)).toEqual([...documented, 'sign-bits'])
})

function build(top: readonly TestElement[], items: readonly (readonly TestElement[])[]): TestElement[] {
  return [...nativeImage(new Uint8Array(48)), ...top, { tag: 0x00081140, vr: 'SQ', items }]
}

function elementAt(index: number): TestElement {
  const [tag, vr, value] = subjects[index] ?? [0, 'UN', new Uint8Array(0)]
  return { tag, vr, value }
}

/** Changes a byte that is not padding. In text it becomes another character. */
function changedElement(element: TestElement, byte: number): TestElement {
  const value = Buffer.from(element.value ?? [])
  const at = byte % value.toString('latin1').trimEnd().length
  value[at] = (value[at] ?? 0) ^ 1
  return { ...element, value }
}

function hex(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0')
}
